/** A line longer than this is a fault: a watch event holds one object, and etcd refuses those over 1.5 MB. */
const lineLimitBytes = 16 * 1024 * 1024;

/**
 * Splits a byte stream at line feeds. Characters that straddle two chunks stay whole. What follows the last line feed is
 * dropped: it is half an event. Throws what the stream throws, and for a line over 16 MiB.
 */
export async function* readLines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString('utf8');
      pending = [];
      pendingBytes = 0;
      start = end + 1;
      if (line !== '') yield line;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > lineLimitBytes) throw new Error(`a line exceeds ${lineLimitBytes} bytes`);
  }
}
