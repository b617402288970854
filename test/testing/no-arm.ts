// ARM where there is no deployment to ask it: whoever does is told so.
import type { ArmClient } from '../../src/app/ports/arm.ts';

const nobody = (): Promise<never> => Promise.reject(new Error('there is no deployment here'));

export const NO_ARM: ArmClient = { get: nobody, put: nobody, delete: nobody };
