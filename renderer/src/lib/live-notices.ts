/** Notifications of the system, where the host offers them and the person allowed them: an alert is told although nobody looks at the window. */
import { app } from './state.svelte.ts';
import { isBoolean, readSetting, writeSetting } from './settings.ts';

const setting = 'live.notices';

/** `never`: there are none here, or the system refuses them. */
export type Notices = 'on' | 'off' | 'never';

export function notices(): Notices {
  if (app.host.notify !== null) return readSetting(setting, false, isBoolean) ? 'on' : 'off';
  if (!('Notification' in globalThis) || Notification.permission === 'denied') return 'never';
  return Notification.permission === 'granted' && readSetting(setting, false, isBoolean) ? 'on' : 'off';
}

/** Asks the person for leave where that is needed; it has to be done while they click. */
export async function setNotices(on: boolean): Promise<Notices> {
  if (on && app.host.notify === null && notices() === 'off' && Notification.permission !== 'granted')
    await Notification.requestPermission();
  writeSetting(setting, on);
  return notices();
}

/** Tells the system, unless the window is looked at already. The texts were made visible before. */
export function tellSystem(title: string, body: string, onclick: () => void): void {
  if (notices() !== 'on' || document.hasFocus()) return;
  const { notify } = app.host;
  if (notify !== null) {
    void notify(title, body.slice(0, 400)).then((clicked) => {
      if (clicked) onclick();
    });
    return;
  }
  const notice = new Notification(title, { body: body.slice(0, 400), tag: 'flowcase-alert' });
  notice.onclick = () => {
    window.focus();
    notice.close();
    onclick();
  };
}
