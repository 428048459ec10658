/**
 * The URL of a thread's entry file beside the calling module, which runs as TypeScript in development and as
 * JavaScript in the build.
 * @param name without extension, such as `./sign-thread`
 */
export function threadEntry(name: string, callingModule: string): URL {
  return new URL(`${name}${callingModule.endsWith('.ts') ? '.ts' : '.js'}`, callingModule);
}
