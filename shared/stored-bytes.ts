const [lessThan, moreThan, ampersand, lineSeparator, paragraphSeparator] = [0x3c, 0x3e, 0x26, 0x2028, 0x2029];

/**
 * How many bytes a value takes as the API server stores it in a custom resource, which is what etcd's limit is about: Go writes some
 * signs of HTML and two line separators as six characters each.
 * Source: https://pkg.go.dev/encoding/json#Encoder.SetEscapeHTML
 */
export function storedBytes(value: unknown): number {
  const text = JSON.stringify(value);
  let more = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === lessThan || code === moreThan || code === ampersand) more += 5;
    else if (code === lineSeparator || code === paragraphSeparator) more += 3;
  }
  return Buffer.byteLength(text) + more;
}
