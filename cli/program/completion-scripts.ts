import { shells } from './options.ts';

export type Shell = (typeof shells)[number];

/**
 * The script that makes a shell complete this program's command lines, also as a kubectl plugin called by its own name. It asks
 * the program itself (`__complete`), so that it never is older than the program.
 */
export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bash;
    case 'zsh':
      return zsh;
  }
}

export function isShell(word: string | null): word is Shell {
  return shells.some((shell) => shell === word);
}

/** For bash from 3.2 on, which macOS has. */
const bash = `# bash completion of restore-hooks
__restore_hooks() {
  local current="\${COMP_WORDS[COMP_CWORD]}" program="\${COMP_WORDS[0]/#\\~/$HOME}"
  local -a words=() candidates=()
  local index last line directive=0 joins=no attached=no
  # Readline takes "=" for a word of its own, unless COMP_WORDBREAKS lacks it.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    last=$((\${#words[@]} - 1))
    if [[ \${COMP_WORDS[index]} == "=" && last -ge 0 && \${words[last]} == --* ]]; then
      words[last]+="="
      joins=yes attached=yes
    elif [[ $joins == yes ]]; then
      words[last]+="\${COMP_WORDS[index]}"
      joins=no
    else
      words+=("\${COMP_WORDS[index]}")
      attached=no
    fi
  done
  [[ $current == "=" ]] && current=""
  while IFS= read -r line; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *) candidates+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$program" __complete "\${words[@]}" 2>/dev/null)
  COMPREPLY=()
  if ((directive & 4)); then
    local prefix=""
    [[ $attached == no && $current == --*=* ]] && prefix="\${current%%=*}="
    for line in "\${candidates[@]}"; do COMPREPLY+=("$prefix$line"); done
    return
  fi
  type compopt &>/dev/null && compopt -o filenames
  while IFS= read -r line; do
    if ((directive & 8)) && [[ ! -d $line ]]; then
      local ending
      for ending in "\${candidates[@]}"; do
        [[ $line == *."$ending" ]] && COMPREPLY+=("$line")
      done
    else
      COMPREPLY+=("$line")
    fi
  done < <(compgen -f -- "$current")
}
complete -F __restore_hooks restore-hooks kubectl-restore_hooks
`;

const zsh = `#compdef restore-hooks kubectl-restore_hooks
# zsh completion of restore-hooks
__restore_hooks() {
  local -a lines candidates endings
  local line value says directive=0
  lines=("\${(@f)$("\${words[1]/#\\~/$HOME}" __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    if [[ $line == :* ]]; then
      directive="\${line#:}"
    elif [[ -n $line ]]; then
      value="\${line%%$'\\t'*}"
      endings+=("$value")
      says=""
      [[ $line == *$'\\t'* ]] && says="\${line#*$'\\t'}"
      candidates+=("\${value//:/\\\\:}\${says:+:$says}")
    fi
  done
  [[ \${words[CURRENT]} == --*=* ]] && compset -P '*='
  if ((directive & 4)); then
    ((\${#candidates})) && _describe -t values 'restore-hooks' candidates
  elif ((directive & 8)); then
    _files -g "*.(\${(j:|:)endings})(-.)"
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _restore-hooks ]]; then
  __restore_hooks "$@"
else
  compdef __restore_hooks restore-hooks kubectl-restore_hooks
fi
`;
