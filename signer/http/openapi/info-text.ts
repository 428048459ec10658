/** What holds for all routes and has no place at any of them. */
export const INFO_TEXT = `
Signs messages of Ethereum validators, and nothing that could be slashed.

- Wherever GET is answered, HEAD is too. A method that a path does not take is 405 \`METHOD_NOT_ALLOWED\` with an Allow
  header, a path that does not exist 404 \`NOT_FOUND\`.
- Errors are JSON \`{"code","message","hint"}\` for clients that accept \`application/json\` or anything, else text:
  \`CODE: message\`, and the hint on a line of its own. Signatures are negotiated in the same way.
- Integers of messages are decimal strings. Where a member may be left out, null means the same.
- What is not HTTP is answered by the server below the routes: 431 for headers that are too large, 408 for a request that
  does not come in whole, 400 for the rest; always as JSON.
- With \`tls-client-auth: required\` no connection comes about without a certificate, whatever the route.
- With an access file a client may do what its rules allow: docs/access.md.
`.trim();
