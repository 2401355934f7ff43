/** How a finding's `why` says what does it: written and read here alone. */
const CAUSES = ' What does it: ';

/** The sentence, and behind it what does it, feature by feature (none of them with a semicolon and a blank in it). */
export function withCauses(said: string, causes: readonly string[]): string {
  return causes.length === 0 ? said : `${said}${CAUSES}${causes.map((cause) => cause.replaceAll('; ', ', ')).join('; ')}.`;
}

/** What `withCauses` put together; no causes where there are none. */
export function causesOf(why: string): { readonly said: string; readonly causes: readonly string[] } {
  const at = why.lastIndexOf(CAUSES);
  if (at < 0) return { said: why, causes: [] };
  return {
    said: why.slice(0, at),
    causes: why
      .slice(at + CAUSES.length)
      .replace(/\.$/, '')
      .split('; '),
  };
}
