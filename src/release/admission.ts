import { facts } from './facts.ts';
import { type Availability, availability, contains, parseIntervals } from './interval.ts';

/** Plugins that a minor enables by default (kubeapiserver/options/plugins.go of the minors), sorted. */
export function defaultAdmissionPlugins(minor: string): readonly string[] {
  const plugins = Object.entries(facts('kubernetes-configs').admission_plugins.on_by_default);
  return plugins.filter(([, range]) => parseIntervals(range).some((i) => contains(i, minor))).map(([name]) => name);
}

/** Whether a minor knows a plugin; kube-apiserver exits on an unknown one. */
export function admissionPlugin(minor: string, name: string): Availability {
  const { valid } = facts('kubernetes-configs').admission_plugins;
  const range = Object.hasOwn(valid, name) ? valid[name] : undefined;
  return range === undefined ? { known: false } : availability(minor, parseIntervals(range));
}

/** Every plugin a minor knows, for "did you mean …?". */
export function admissionPlugins(minor: string): readonly string[] {
  const names = Object.keys(facts('kubernetes-configs').admission_plugins.valid);
  return names.filter((name) => admissionPlugin(minor, name).known);
}
