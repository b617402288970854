// Extensions: as parts of a set's model, and as resources of an instance.

import {
  deleteInstanceExtension,
  getInstanceExtension,
  type InstanceExtensionRef,
  listInstanceExtensions,
  writeInstanceExtension,
} from '../../app/instance-extensions.ts';
import {
  deleteSetExtension,
  getSetExtension,
  listSetExtensions,
  type SetExtensionRef,
  writeSetExtension,
} from '../../app/set-extensions.ts';
import { extensionBody } from '../../arm/schemas.ts';
import { type Call, type Handler, instanceRef, nameOf, setRef } from '../context.ts';
import { readBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';
import { optionWords } from '../query-options.ts';
import { empty, json } from '../response.ts';
import { type ExtensionShow, instanceExtensionBody, setExtensionBody } from '../views/extension.ts';

export const listSetExtensionsRoute: Handler = async (call) => {
  const { set, extensions } = await listSetExtensions(call.context.plane, setRef(call));
  return json(200, { value: extensions.map((extension) => setExtensionBody(set, extension, show(call))) });
};

export const getSetExtensionRoute: Handler = async (call) => {
  optionWords(call.request, '$expand', ['instanceView']);
  const { set, extension } = await getSetExtension(call.context.plane, setExtensionRef(call));
  return json(200, setExtensionBody(set, extension, show(call)));
};

export function writeSetExtensionRoute(style: 'put' | 'patch'): Handler {
  return async (call) => {
    const body = readBody(call.request, extensionBody, 'required');
    const written = await writeSetExtension(call.context.plane, call.origin, {
      ...setExtensionRef(call),
      body,
      style,
    });
    const { set, extension, created, operation } = written;
    const shown = setExtensionBody(set, extension, { ...show(call), created });
    return longRunning(call, { operation, resource: { body: shown, created } });
  };
}

export const deleteSetExtensionRoute: Handler = async (call) => {
  const operation = await deleteSetExtension(call.context.plane, call.origin, setExtensionRef(call));
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

export const listInstanceExtensionsRoute: Handler = async (call) => {
  const shown = expanded(call);
  const { set, instance, extensions } = await listInstanceExtensions(call.context.plane, instanceRef(call));
  const value = extensions.map((extension) => instanceExtensionBody(set, instance, extension, shown));
  return json(200, { value });
};

export const getInstanceExtensionRoute: Handler = async (call) => {
  const shown = expanded(call);
  const found = await getInstanceExtension(call.context.plane, instanceExtensionRef(call));
  return json(200, instanceExtensionBody(found.set, found.instance, found.extension, shown));
};

export function writeInstanceExtensionRoute(style: 'put' | 'patch'): Handler {
  return async (call) => {
    const body = readBody(call.request, extensionBody, 'required');
    const written = await writeInstanceExtension(call.context.plane, call.origin, {
      ...instanceExtensionRef(call),
      body,
      style,
    });
    const { set, instance, extension, created, operation } = written;
    const shown = instanceExtensionBody(set, instance, extension, show(call));
    return longRunning(call, { operation, resource: { body: shown, created } });
  };
}

export const deleteInstanceExtensionRoute: Handler = async (call) => {
  const ref = instanceExtensionRef(call);
  const operation = await deleteInstanceExtension(call.context.plane, call.origin, ref);
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

function setExtensionRef(call: Call): SetExtensionRef {
  return { ...setRef(call), extension: nameOf(call, 'extension') };
}

function instanceExtensionRef(call: Call): InstanceExtensionRef {
  return { ...instanceRef(call), extension: nameOf(call, 'extension') };
}

function show({ context }: Call): ExtensionShow {
  return { subscriptionId: context.plane.subscriptionId };
}

function expanded(call: Call): ExtensionShow {
  const words = optionWords(call.request, '$expand', ['instanceView']);
  return { ...show(call), instanceView: words.has('instanceview') };
}
