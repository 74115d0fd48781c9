import * as z from 'zod';
import { say } from './messages.ts';
import { text } from './primitives.ts';

/** Settings of every Kubernetes program. */
export const verbosity = z.int().min(0).max(10).default(2).describe('Log verbosity, --v.');

const gateName = text((value) => (/^[A-Z][A-Za-z0-9]+$/.test(value) ? undefined : say('invalid-gate', { value })));

export const featureGates = z.record(gateName, z.boolean()).default({}).describe('Feature gates.');
