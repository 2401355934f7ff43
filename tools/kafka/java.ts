/** Whether a broker can be started here: Java, and the jars. */
import { execFileSync } from 'node:child_process';
import { brokerClassPath } from './jars.ts';

/** Kafka 4's broker runs on Java 17 or newer. */
const OLDEST_JAVA = 17;

/** The program `java`: of FLOWCASE_JAVA, of JAVA_HOME, or on the path. */
export function javaProgram(): string {
  const home = process.env['JAVA_HOME'];
  return process.env['FLOWCASE_JAVA'] ?? (home === undefined || home === '' ? 'java' : `${home}/bin/java`);
}

/** Why no broker can be started here, in words; null where one can, and its jars are at hand then. */
export async function whyNoBroker(): Promise<string | null> {
  const java = javaVersion();
  if (java === null) return `there is no Java (${javaProgram()}): install a Java ${OLDEST_JAVA} runtime, or name one with FLOWCASE_JAVA`;
  if (java < OLDEST_JAVA) return `Java ${java} is too old for a Kafka broker, which takes ${OLDEST_JAVA} or newer`;
  try {
    await brokerClassPath();
    return null;
  } catch (error) {
    return `Kafka's jars cannot be had: ${reasonOf(error)}`;
  }
}

function javaVersion(): number | null {
  try {
    const text = execFileSync(javaProgram(), ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const major = /(\d+)/.exec(text)?.[1];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
