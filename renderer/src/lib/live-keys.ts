/**
 * True where Space is free to pause what is shown: nothing has the focus, or what has it was pressed already and would do the same again (the tab that is
 * open, the section that is shown). Fields and other buttons keep theirs.
 */
export function spaceIsFree(event: KeyboardEvent): boolean {
  if (event.key !== ' ' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  const { target } = event;
  if (target === document.body) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.getAttribute('aria-current') === 'page' || (target.role === 'tab' && target.ariaSelected === 'true');
}
