// The options of `muster up`: their defaults, and one clear sentence for each way to get them wrong.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT, Problem } from '../problem.ts';
import { explainListenError, parseUpOptions } from './up.ts';

const env = { MUSTER_HOME: '/srv/muster' };

describe('muster up', () => {
  test('needs no option', () => {
    expect(parseUpOptions([], env)).toEqual({
      data: '/srv/muster',
      host: 'localhost',
      port: 7443,
      guests: 'process',
      sample: false,
      timeScale: 1,
      faults: 0,
    });
  });

  test('takes each of its options, with = or without', () => {
    const args = ['--data', '/tmp/x', '--port=0', '--host', '0.0.0.0', '--guests', 'simulated', '--sample'];
    const more = [
      '--images',
      '/srv/images/',
      '--time-scale',
      '0.5',
      '--seed',
      '0042',
      '--faults',
      '12.5',
      '--cores=8',
    ];
    expect(parseUpOptions([...args, ...more], env)).toEqual({
      data: '/tmp/x',
      images: '/srv/images',
      host: '0.0.0.0',
      port: 0,
      guests: 'simulated',
      sample: true,
      timeScale: 0.5,
      faults: 0.125,
      seed: '42',
      cores: 8,
    });
  });

  test('runs real guests no faster than they can boot, and breaks none of them', () => {
    expect(parseUpOptions(['--time-scale', '100'], env).timeScale).toBe(100);
    expect(() => parseUpOptions(['--time-scale', '101'], env)).toThrow(
      "--time-scale must be at most 100 with --guests process, not '101'.",
    );
    expect(() => parseUpOptions(['--faults', '5'], env)).toThrow('--faults goes with --guests simulated.');
    const simulated = ['--guests', 'simulated', '--time-scale', '1000', '--faults', '101'];
    expect(() => parseUpOptions(simulated, env)).toThrow(
      "--faults must be a number from 0 to 100, not '101'.",
    );
  });

  test.each([
    [['--port', '65536'], "--port must be a number from 0 to 65535, not '65536'."],
    [['--port', '-1'], "--port must be a number from 0 to 65535, not '-1'."],
    [['--port', '7443x'], "--port must be a number from 0 to 65535, not '7443x'."],
    [['--port='], "--port must be a number from 0 to 65535, not ''."],
    [['--images='], '--images needs a directory.'],
    [['--port'], 'The option --port needs a value. See: muster up --help'],
    [['--guests', 'docker'], "--guests must be process or simulated, not 'docker'."],
    [['--cores', 'many'], "--cores must be a whole number from 0 on, not 'many'."],
    [['--host', 'a b'], "--host must be a host name or an IP address, not 'a b'."],
    [['--host', ''], "--host must be a host name or an IP address, not ''."],
    [['--time-scale', '0'], "--time-scale must be a number above 0, not '0'."],
    [['--time-scale', '-1'], "--time-scale must be a number above 0, not '-1'."],
    [['--time-scale', 'Infinity'], "--time-scale must be a number above 0, not 'Infinity'."],
    [['--seed', '1.5'], "--seed must be a whole number of at most 15 digits, not '1.5'."],
    [['--data', ''], '--data needs a directory.'],
    [['--sample=yes'], 'The option --sample takes no value. See: muster up --help'],
    [['--samples'], 'muster up has no option --samples. See: muster up --help'],
    [['sample'], "muster up takes no argument 'sample'. See: muster up --help"],
  ])('%j is refused in one sentence', (args, sentence) => {
    try {
      parseUpOptions(args, env);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect(error).toMatchObject({ message: sentence, exitCode: EXIT.misused });
    }
  });

  test('answers sound options or a Problem, whatever it is given', () => {
    const words = fc.constantFrom(
      '--port',
      '--host',
      '--guests',
      '--time-scale',
      '--seed',
      '--sample',
      '--',
      '-x',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string(), fc.nat().map(String))), (args) => {
        try {
          const options = parseUpOptions(args, env);
          expect(options.port).toBeGreaterThanOrEqual(0);
          expect(options.port).toBeLessThanOrEqual(65_535);
          expect(options.timeScale).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Problem', exitCode: EXIT.misused });
        }
      }),
    );
  });
});

test('a port that cannot be had is explained, and any other error is left as it is', () => {
  const options = parseUpOptions(['--port', '80', '--host', 'h'], env);
  const explained = (code: string): unknown =>
    explainListenError(Object.assign(new Error('x'), { code }), options);
  expect(explained('EADDRINUSE')).toMatchObject({
    name: 'Problem',
    message: expect.stringMatching(/^Port 80 is taken/) as string,
  });
  expect(explained('EACCES')).toMatchObject({
    name: 'Problem',
    message: expect.stringMatching(/^Port 80 may not/) as string,
  });
  expect(explained('EADDRNOTAVAIL')).toMatchObject({
    name: 'Problem',
    message: expect.stringMatching(/no address h\./) as string,
  });
  const other = new Error('y');
  expect(explainListenError(other, options)).toBe(other);
  expect(explainListenError('text', options)).toBe('text');
});
