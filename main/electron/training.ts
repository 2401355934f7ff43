import { utilityProcess } from 'electron';
import type { ForkTraining } from '../host/training.ts';
import { workerEntry } from '../worker/entry.ts';

/** The training process as Electron starts it. */
export const forkUtility: ForkTraining = () => {
  const child = utilityProcess.fork(workerEntry('training-process'), [], {
    serviceName: 'Flowcase training',
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', listener);
    },
    onExit: (listener) => {
      child.once('exit', (code) => listener(`exit code ${code}`));
    },
    kill: () => {
      child.kill();
    },
  };
};
