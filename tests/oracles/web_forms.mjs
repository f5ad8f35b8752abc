// The engine of ODK Web Forms as a child process: one request a line, one form and its steps; one answer a line, every
// question's state. Started by tests/oracles/engines.py in the folder where the packages are installed.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.cwd(), 'package.json'));
const { JSDOM } = require('jsdom');
const { window } = new JSDOM('');
for (const name of Object.getOwnPropertyNames(window)) {
	if (/^[A-Z]/.test(name) && !(name in globalThis)) globalThis[name] = window[name];
}
globalThis.window ??= window;
globalThis.document ??= window.document;
globalThis.__dirname = '.';
console.log = console.warn = console.debug = console.info = () => {}; // the output belongs to the answers
const { loadForm } = await import(
	pathToFileURL(join(process.cwd(), 'node_modules/@getodk/xforms-engine/dist/index.js')).href
);

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

// A repeat range carries the reference of its repeat, an instance has a position besides.
const isRange = (node) => node.nodeType.startsWith('repeat-range');

function find(node, path) {
	const { reference } = node.currentState;
	if (reference === path && node.nodeType !== 'root') return node;
	if (reference !== path && !path.startsWith(`${reference}/`) && !path.startsWith(`${reference}[`)) return null;
	for (const child of node.currentState.children ?? []) {
		const found = find(child, path);
		if (found) return found;
	}
	return null;
}

function grow(range, wanted) {
	const count = range.currentState.children.length;
	if (count >= wanted) return;
	if (range.nodeType !== 'repeat-range:uncontrolled') throw new Error(`no new instance of ${range.currentState.reference}`);
	range.addInstances(undefined, wanted - count);
}

function take(root, path, text) {
	for (const { index, 0: part } of path.matchAll(/\[\d+\]/g)) {
		const range = find(root, path.slice(0, index));
		if (range && isRange(range)) grow(range, Number(part.slice(1, -1)));
	}
	const node = find(root, path);
	if (!node) throw new Error(`no node ${path}`);
	if (isRange(node)) {
		grow(node, Number(text));
		const count = node.currentState.children.length;
		if (count > Number(text)) node.removeInstances(Number(text), count - Number(text));
	} else if (node.nodeType === 'select') {
		node.selectValues(text.split(' ').filter(Boolean));
	} else if (node.nodeType === 'rank') {
		node.setValues(text.split(' ').filter(Boolean));
	} else if (node.nodeType === 'trigger') {
		node.setValue(text === 'OK');
	} else if (node.setValue) {
		node.setValue(text);
	} else {
		throw new Error(`${path} takes no answer: ${node.nodeType}`);
	}
}

function observe(node, states) {
	const { reference, relevant, required, instanceValue, valueOptions, children } = node.currentState;
	if (children) {
		for (const child of children) observe(child, states);
	} else if (instanceValue !== undefined) {
		states[reference] = {
			value: relevant ? instanceValue : '',
			relevant,
			required,
			valid: relevant && instanceValue !== '' ? node.validationState.constraint.valid : null,
			choices: relevant && Array.isArray(valueOptions) ? valueOptions.map((option) => option.value) : null,
		};
	}
}

async function answer({ form, steps }) {
	const loaded = await loadForm(form);
	if (loaded.status === 'failure') throw loaded.error;
	const { root } = loaded.createInstance();
	for (const [path, text] of steps) take(root, path, text);
	const state = {};
	observe(root, state);
	return { state };
}

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
	try {
		say(await answer(JSON.parse(line)));
	} catch (error) {
		say({ error: String(error?.message || error) });
	}
}
