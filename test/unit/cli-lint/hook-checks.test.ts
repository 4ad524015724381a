import { describe, expect, it } from '@jest/globals';
import { expectFindings, indented, podWith } from './marked.ts';

const post = 'post.hook.restore.velero.io';
const init = 'init.hook.restore.velero.io';
const exec = 'restorehooks.io/exec';

describe('lintFiles, a shell line in a plain string', () => {
  it.each([
    ['psql < /backup.sql', '["/bin/sh", "-c", "psql < /backup.sql"]'],
    ['pg_restore -d app /b', '["pg_restore", "-d", "app", "/b"]'],
    ['a|b', '["/bin/sh", "-c", "a|b"]'],
    ['$HOME/run', '["/bin/sh", "-c", "$HOME/run"]'],
    ['echo "hi"', '["/bin/sh", "-c", "echo \\"hi\\""]'],
    [`echo ${'long '.repeat(20)}`, '["/bin/sh", "-c", "…"]'],
  ])('is told for %j, with what to write instead', (command, instead) => {
    const [says] = expectFindings(podWith(`${post}/command: ‸'${command}'`), ['error ShellOneLiner']);
    expect(says).toMatch(
      /^post\.hook\.restore\.velero\.io\/command ".*" is one argv element: no shell will split it; /,
    );
    expect(says?.endsWith(`; write ${instead}`)).toBe(true);
  });

  it.each([
    ['with a line end', `${post}/command: ‸|\n  /run\n`],
    ['of an init hook', `${init}/container-image: a\n${init}/command: ‸tar -xf /x`],
    ['of an own list', `${exec}: |\n  - command: ‸date > /start`],
    ['moved by a takeover', 'post.hook.restorehooks.io/command: ‸psql -l'],
    ['with more than a variable of the kubelet', `${init}/container-image: a\n${init}/command: ‸$(A) $(B)`],
  ])('is told for a command %s', (_what, annotations) => {
    expectFindings(podWith(annotations), ['error ShellOneLiner']);
  });

  it.each([
    ['an array of one element', `${post}/command: '["/opt/my app/run"]'`],
    ['an own list’s list', `${exec}: '[{command: ["my program"]}]'`],
    ['a command that is no hook', `${init}/command: tar -xf /x\n${init}/container-image: ‸""`],
  ])('is not told for %s', (_what, annotations) => {
    expectFindings(podWith(annotations), annotations.includes('‸') ? ['error MalformedImage'] : []);
  });
});

describe('lintFiles, a waitTimeout and the startup probe', () => {
  const startup = 'warning WaitTimeoutShorterThanStartup';
  const hook = `${post}/command: /x\n${post}/container: db\n${post}/wait-timeout:`;
  const compared = `${post}/wait-timeout 59s is shorter than the 1m that the startup probe of db allows`;

  it('tells that a hook which waits for Ready may fail', () => {
    const says = expectFindings(podWith(`${hook} ‸59s\n${post}/wait-for-ready: "true"`), [startup]);
    expect(says).toEqual([`${compared}: the hook may fail before the container is Ready; raise it to 1m or more`]);
  });

  it('tells that a hook which waits for Running does not wait for the probe', () => {
    const says = expectFindings(podWith(`${hook} ‸59s`), [startup]);
    expect(says).toEqual([
      `${compared}: the hook waits for Running alone, and may come too early; have it wait for Ready, for 1m or more`,
    ]);
  });

  it.each(['60s', '1h', '0'])('says nothing of %s', (text) => {
    expectFindings(podWith(`${hook} ${text === '0' ? '"0"' : text}`), []);
  });

  it('says nothing of a container without a probe', () => {
    expectFindings(podWith(`${post}/command: /x\n${post}/wait-timeout: 1s`), []);
  });

  it.each([
    ['{}', '29s', '30s'],
    ['{failureThreshold: 0, periodSeconds: 1}', '2s', '3s'],
    ['{periodSeconds: "1", initialDelaySeconds: 90}', '1m', '2m'],
  ])('takes Kubernetes’ defaults in %s', (probe, tooShort, allowed) => {
    const sidecar = `\n  initContainers:\n    - {name: side, restartPolicy: Always, startupProbe: ${probe}}`;
    const list = `- {container: side, command: [/x], waitTimeout: ‸${tooShort}}\n- {container: side, command: [/y], waitTimeout: ${allowed}}`;
    const pod = podWith(`${exec}: |\n${indented(list, 2)}`).trimEnd();
    const [says] = expectFindings(`${pod}${sidecar}\n`, [startup]);
    expect(says).toContain(`the ${allowed} that the startup probe of side allows`);
  });
});

describe('lintFiles, Fail without a waitTimeout', () => {
  const fail = 'warning FailWithoutWaitTimeout';

  it('is told at the word Fail', () => {
    expect(expectFindings(podWith(`${post}/command: /x\n${post}/on-error: ‸Fail`), [fail])).toEqual([
      `${post}/on-error is Fail, and there is no wait-timeout: while the container is not up, this hook and all behind it ` +
        'wait as long as the pod lives; set wait-timeout',
    ]);
  });

  it('is told for a waitTimeout of 0, which is none', () => {
    const [says] = expectFindings(podWith(`${exec}: '[{command: [/x], onError: ‸Fail, waitTimeout: "0"}]'`), [fail]);
    expect(says?.endsWith('set waitTimeout')).toBe(true);
  });

  it.each([
    ['there is one', 'onError: Fail, waitTimeout: 5m'],
    ['one that is malformed is told already', 'onError: Fail, waitTimeout: ‸5'],
    ['failures are passed over', 'onError: Continue'],
  ])('is not told if %s', (_what, fields) => {
    const verdicts = fields.includes('‸') ? ['error MalformedDuration'] : [];
    expectFindings(podWith(`${exec}: '[{command: [/x], ${fields}}]'`), verdicts);
  });
});

describe('lintFiles, the same hook twice', () => {
  it('is told at the second', () => {
    const list =
      '- command: [/x]\n- command: [/y]\n- {command: [/x], container: db}\n- ‸command: [/x]\n  container: main';
    const says = expectFindings(podWith(`${exec}: |\n${indented(list, 2)}`), ['warning DuplicateHook']);
    expect(says).toEqual([`${exec}[3] runs the same command in the same container as ${exec}[0]: it will run twice`]);
  });

  it('is told across the annotations', () => {
    expectFindings(podWith(`${post}/command: /x\n${exec}: '[‸{command: [/x]}]'`), ['warning DuplicateHook']);
  });
});
