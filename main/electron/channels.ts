/** The names under which the window and the main process talk. */
export const channels = {
  invoke: 'flowcase:invoke',
  event: 'flowcase:event',
  pickOpen: 'flowcase:pick-open',
  pickSave: 'flowcase:pick-save',
  notify: 'flowcase:notify',
} as const;
