import * as z from 'zod';
import { archs } from '../../platform/arch.ts';
import { apiVersion } from '../api-version.ts';
import { dnsLabel } from './addresses.ts';
import { apiEndpoint } from './api-endpoint.ts';
import { artifacts } from './artifacts.ts';
import { dataDisks, extraFiles, extraUnits } from './disks-and-files.ts';
import { kubernetes } from './kubernetes.ts';
import { etcd, network } from './network.ts';
import { nodes, roleDefaults } from './nodes.ts';
import { os } from './os.ts';
import { addons, containerRuntime, pki } from './runtime.ts';

/** The single source of the cluster file's types, validation, JSON Schema and reference documentation. */
export const clusterFileSchema = z
  .strictObject({
    apiVersion: z.literal(apiVersion).describe('Version of this file’s format.'),
    kind: z.literal('Cluster').describe('Always Cluster.'),
    name: dnsLabel.describe('Name of the cluster, DNS-1123.'),
    arch: z.enum(archs).default('amd64').describe('CPU architecture of the nodes.'),
    kubernetes,
    apiEndpoint,
    nodes: nodes.describe('The machines.'),
    roles: roleDefaults,
    network,
    etcd,
    containerRuntime,
    os,
    dataDisks,
    addons,
    pki,
    artifacts,
    extraFiles,
    extraUnits,
  })
  .describe('A knode cluster.');

/** The validated cluster file, with every default that does not depend on another value. */
export type ClusterFile = z.output<typeof clusterFileSchema>;
export type NodeSpec = ClusterFile['nodes']['controlPlane'][number];
export type PoolSpec = ClusterFile['nodes']['pools'][string];
export type Role = 'master' | 'worker' | 'etcd' | 'balancer';
