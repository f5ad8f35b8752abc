// Enketo inside a page: one form and its steps in, every question's state out. Bundled and called by tests/oracles/enketo.py.
import { Form } from 'enketo-core/src/js/form';
import { isNodeRelevant } from 'enketo-core/src/js/relevant';
import { transform } from 'enketo-transformer/web';
import $ from 'jquery';

const PART = /([^/[\]]+)(?:\[(\d+)\])?/g;
const parts = (path) => [...path.matchAll(PART)].map(([, name, position]) => ({ name, position: Number(position || 0) }));
const plain = (path) => path.replace(/\[\d+\]/g, '');
const named = (parent, name) => [...parent.children].filter((child) => child.nodeName === name);

class Session {
	constructor(html, model) {
		document.body.innerHTML = `<div class="main">${html}</div>`;
		this.form = new Form(document.querySelector('form.or'), { modelStr: model, external: [] }, {});
		this.errors = this.form.init();
		this.root = this.form.model.rootElement;
		this.repeats = new Set([...document.querySelectorAll('.or-repeat-info')].map((info) => info.dataset.name));
	}

	// The element at a path; null when an instance on the way is missing.
	element(path) {
		let found = this.root;
		for (const { name, position } of parts(path).slice(1)) {
			found = named(found, name)[Math.max(position, 1) - 1];
			if (!found) return null;
		}
		return found;
	}

	// The element's place among all of the same path, as Enketo counts.
	place(path, element) {
		return this.form.model.node(plain(path)).getElements().indexOf(element);
	}

	// What stands behind a repeat's instances in the view, in the instance of the outer repeat that the path names.
	info(path) {
		const above = this.element(path.slice(0, path.lastIndexOf('/')));
		let outer = above;
		while (outer && outer !== this.root && !this.repeats.has(plain(this.pathOf(outer)))) outer = outer.parentElement;
		const infos = [...document.querySelectorAll(`.or-repeat-info[data-name="${plain(path)}"]`)];
		if (outer === this.root) return infos[0];
		const outerPath = plain(this.pathOf(outer));
		const view = document.querySelectorAll(`.or-repeat[name="${outerPath}"]`)[this.place(outerPath, outer)];
		return infos.find((info) => view.contains(info));
	}

	pathOf(element) {
		let path = '';
		for (let node = element; node !== this.root.parentElement; node = node.parentElement) path = `/${node.nodeName}${path}`;
		return path;
	}

	count(path) {
		const above = this.element(path.slice(0, path.lastIndexOf('/')));
		return above ? named(above, path.slice(path.lastIndexOf('/') + 1)).length : 0;
	}

	resize(path, wanted, shrink) {
		while (this.count(path) < wanted) {
			const before = this.count(path);
			const info = this.info(path);
			if (info && !info.dataset.repeatCount && !('repeatFixed' in info.dataset)) this.form.repeats.add(info);
			if (this.count(path) === before) throw new Error(`no new instance of ${path}`);
		}
		while (shrink && this.count(path) > wanted) {
			const before = this.count(path);
			this.form.repeats.remove($(this.info(path).previousElementSibling));
			if (this.count(path) === before) throw new Error(`${path} keeps its instances`);
		}
	}

	take(path, text) {
		for (const { index, 0: position } of path.matchAll(/\[\d+\]/g)) {
			const before = path.slice(0, index);
			if (this.repeats.has(plain(before))) this.resize(before, Number(position.slice(1, -1)), false);
		}
		if (this.repeats.has(plain(path)) && !path.endsWith(']')) {
			this.resize(path, Number(text), true);
			return;
		}
		const element = this.element(path);
		if (!element) throw new Error(`no node ${path}`);
		const control = this.controls(path, element)[0];
		const type = control ? this.form.input.getXmlType(control) : 'string';
		this.form.model.node(plain(path), this.place(path, element)).setVal(text, type);
	}

	// All inputs of a question in the view; a select has one for each choice.
	controls(path, element) {
		const name = plain(path);
		const place = this.place(path, element);
		const all = [...document.querySelectorAll(`[name="${name}"], [data-name="${name}"]`)];
		const wraps = [...new Set(all.map((each) => each.closest('.question, .calculation')).filter(Boolean))];
		const wrap = wraps.length > 1 ? wraps[place] : wraps[0];
		return wrap ? all.filter((each) => wrap.contains(each)) : [];
	}

	async state(path, element) {
		const controls = this.controls(path, element);
		const question = controls[0]?.closest('.question');
		const hidden = controls.some((each) => each.closest('.disabled'));
		const relevant = isNodeRelevant(element) && !hidden;
		const value = element.textContent;
		const node = this.form.model.node(plain(path), this.place(path, element));
		const { input } = this.form;
		const required = controls.length > 0 && !!node.isRequired(input.getRequired(controls[0]));
		let valid = null;
		if (relevant && value !== '') {
			const checked = controls.length
				? await node.validateConstraintAndType(input.getConstraint(controls[0]), input.getXmlType(controls[0]))
				: true;
			valid = !!checked;
		}
		return { value: relevant ? value : '', relevant, required, valid, choices: relevant ? this.choices(question) : null };
	}

	choices(question) {
		const options = question
			? [
					...question.querySelectorAll('.option-wrapper > label:not(.itemset-template) > input'),
					...question.querySelectorAll('select > option:not(.itemset-template), datalist > option:not(.itemset-template)'),
				]
			: [];
		const values = options.map((option) => option.value || option.dataset.value).filter(Boolean);
		return question?.querySelector('.option-wrapper, select, datalist') ? [...new Set(values)] : null;
	}

	async states(element, path, found) {
		const children = [...element.children];
		if (!children.length && !this.repeats.has(plain(path))) found[path] = await this.state(path, element);
		const seen = {};
		for (const child of children) {
			const name = child.nodeName;
			seen[name] = (seen[name] ?? 0) + 1;
			const below = `${path}/${name}`;
			await this.states(child, this.repeats.has(plain(below)) ? `${below}[${seen[name]}]` : below, found);
		}
		return found;
	}
}

window.answer = async ({ form, steps }) => {
	const complaints = [];
	const { error } = console;
	console.error = (...words) => complaints.push(words.map(String).join(' '));
	try {
		const { form: html, model } = await transform({ xform: form, markdown: false });
		const session = new Session(html, model);
		if (session.errors.length) return { error: session.errors.join('\n') };
		for (const [path, text] of steps) session.take(path, text);
		return { state: await session.states(session.root, `/${session.root.nodeName}`, {}), complaints };
	} catch (problem) {
		return { error: String(problem?.message || problem) };
	} finally {
		console.error = error;
	}
};
