import { describe, expect, it } from 'vitest';
import { mavenPath } from './jars.ts';
import { effectivePom, keyOf, type Coordinates } from './pom.ts';
import { childText, parseXml } from './xml.ts';

const poms: ReadonlyMap<string, string> = new Map([
  [
    'org.example:parent:1',
    `<?xml version="1.0"?><!-- a <parent> --><project><properties><lib.version>2.5</lib.version></properties>
     <dependencyManagement><dependencies>
       <dependency><groupId>org.example</groupId><artifactId>table</artifactId><version>9</version><type>pom</type><scope>import</scope></dependency>
       <dependency><groupId>a</groupId><artifactId>lib</artifactId><version>\${lib.version}</version></dependency>
     </dependencies></dependencyManagement></project>`,
  ],
  [
    'org.example:table:9',
    `<project xmlns="x"><description><![CDATA[<b>]]></description><dependencyManagement><dependencies>
       <dependency><groupId>a</groupId><artifactId>lib</artifactId><version>1.0</version></dependency>
       <dependency><groupId>a</groupId><artifactId>other</artifactId><version>\${project.version}</version><scope>runtime</scope></dependency>
     </dependencies></dependencyManagement></project>`,
  ],
  [
    'org.example:broker:4',
    `<project><parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>1</version></parent><dependencies>
       <dependency><groupId>a</groupId><artifactId>lib</artifactId><exclusions><exclusion><groupId>*</groupId><artifactId>mail</artifactId></exclusion></exclusions></dependency>
       <dependency><groupId>a</groupId><artifactId>other</artifactId></dependency>
       <dependency><groupId>\${project.groupId}</groupId><artifactId>own</artifactId><version>\${project.version}</version><scope>test</scope><optional>true</optional></dependency>
     </dependencies></project>`,
  ],
]);

function read(of: Coordinates): Promise<string> {
  const pom = poms.get(`${keyOf(of)}:${of.version}`);
  return pom === undefined ? Promise.reject(new Error(`no POM ${keyOf(of)}`)) : Promise.resolve(pom);
}

describe('a Maven POM', () => {
  it('has the versions of its parent, and of tables of versions behind those', async () => {
    const { dependencies } = await effectivePom({ group: 'org.example', artifact: 'broker', version: '4' }, read);
    expect(dependencies.map(({ group, artifact, version, scope, optional }) => [group, artifact, version, scope, optional])).toEqual([
      ['a', 'lib', '2.5', 'compile', false],
      ['a', 'other', '9', 'runtime', false],
      ['org.example', 'own', '4', 'test', true],
    ]);
    expect(dependencies[0].exclusions).toEqual(['*:mail']);
  });

  it('lies where Maven has it', () => {
    expect(mavenPath({ group: 'org.apache.kafka', artifact: 'kafka_2.13', version: '4.3.1' }, 'pom')).toBe(
      'org/apache/kafka/kafka_2.13/4.3.1/kafka_2.13-4.3.1.pom',
    );
  });

  it('is read, and refused where it is torn', () => {
    expect(childText(parseXml('<a><b x="1"> 1 &lt; 2 </b><c/></a>'), 'b')).toBe('1 < 2');
    for (const torn of ['<a><b></a>', '<a>', '</a>', 'text']) expect(() => parseXml(torn)).toThrow();
  });
});
