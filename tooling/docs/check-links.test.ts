import { describe, expect, it } from 'vitest';
import { brokenLinks, type Site } from './check-links.js';

const site = (pages: Readonly<Record<string, string>>): Site => new Map(Object.entries(pages));

describe('brokenLinks', () => {
  it('passes pages, anchors, pictures and other sites that are there', () => {
    const a =
      '<h1 id="top"></h1><a href="b/c.html#x">c</a><a href="#top">t</a><img src="p.png"><a href="https://a.b">o</a>';
    const c = '<h2 id="x"></h2><a href="../a.html#top">a</a><a href="data:,">d</a>';
    expect(brokenLinks(site({ 'a.html': a, 'b/c.html': c, 'p.png': '' }))).toEqual([]);
  });

  it.each([
    ['a page that is missing', '<a href="b.html">b</a>', 'a.html: link to b.html: there is no page b.html'],
    [
      'an anchor of another page',
      '<a href="c.html#x">c</a>',
      'a.html: link to c.html#x: c.html has no anchor "x"',
    ],
    ['an anchor of the page', '<a href="#y">y</a>', 'a.html: link to #y: a.html has no anchor "y"'],
    ['a picture', '<img src="p.png">', 'a.html: link to p.png: there is no page p.png'],
    ['a script', '<script src="s.js"></script>', 'a.html: link to s.js: there is no page s.js'],
    ['an anchor that is there twice', '<i id="z"></i><i id="z"></i>', 'a.html: it has "z" twice'],
  ])('finds %s', (_, html, sentence) => {
    expect(brokenLinks(site({ 'a.html': html, 'c.html': '' }))).toEqual([sentence]);
  });

  it('refuses an address that begins with a slash', () => {
    expect(brokenLinks(site({ 'a.html': '<a href="/a.html">a</a>' }))).toEqual([
      expect.stringContaining('breaks from file://'),
    ]);
  });
});
