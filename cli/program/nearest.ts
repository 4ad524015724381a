import { editDistance } from '../../shared/edit-distance.ts';

/** Nobody types a longer word by mistake, and measuring takes time by its length. */
const longestWord = 100;

/** The known word that a misspelt one resembles most, letter case aside; one that begins with it, or with which it begins, first. */
export function nearest(word: string, known: readonly string[]): string {
  const wanted = word.slice(0, longestWord).toLowerCase();
  const distances = known.map((each) => ({ each, distance: distanceOf(wanted, each.toLowerCase()) }));
  const least = Math.min(...distances.map(({ distance }) => distance));
  return distances.find(({ distance }) => distance === least)?.each ?? '';
}

function distanceOf(wanted: string, known: string): number {
  const isPart = wanted !== '' && (known.startsWith(wanted) || wanted.startsWith(known));
  return isPart ? 0 : editDistance(wanted, known);
}
