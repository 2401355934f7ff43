/** What is said of a source that runs, of which everything that is there came into the case before it was watched. */
export const atItsEnd = 'it stands at the end of what the case has of it, and waits for more';
