"""Expressions that every engine is asked, over typed answers: every function, and the traps of the dialect."""

from tests.oracles.engines import Given

ANSWERS = (
    Given("age", "integer", "34"),
    Given("none", "integer"),
    Given("price", "decimal", "2.5"),
    Given("loss", "decimal", "-7.25"),
    Given("blank", "text"),
    Given("word", "text", "Hello"),
    Given("line", "text", "  some   words here "),
    Given("digits", "text", "017"),
    Given("arabic", "text", "مرحبا"),
    Given("born", "date", "1990-03-15"),
    Given("later", "date", "2024-02-29"),
    Given("one", "select_one", "b", ("a", "b", "c")),
    Given("many", "select_multiple", "a c", ("a", "b", "c")),
    Given("spot", "geopoint", "-1.28 36.82 0 0"),
    Given("nowhere", "geopoint"),
    Given("way", "geotrace", "-1.28 36.82 0 0;-1.29 36.83 0 0;-1.30 36.80 0 0"),
    Given("field", "geoshape", "-1.28 36.81 0 0;-1.27 36.83 0 0;-1.30 36.84 0 0;-1.28 36.81 0 0"),
    Given("unchosen", "select_multiple", "", ("a", "b", "c")),
)
"""The questions and their answers; `none`, `blank` and `unchosen` have none."""

LISTED = """\
'2026-01-02' <= today()
${born} <= today()
date('2026-01-02') <= today()
regex('abc', 'b')
round(-2.5)
number('')
'' > 0
'' = 0
${none} = 0
${none} > 0
not(${none} > 0)
boolean('0')
if('false', 'a', 'b')
1 = '1.0'
substr('abcdef', 1, 3)
int(-2.7)
-5 mod 3
${born} + 1
0.1 + 0.2
1 div 0
concat('a', 1, true())
1 + 1
7 div 2
'a' = 'a'
'a' != 'b'
1 < 2 and 2 < 3
1 > 2 or 3 > 2
not(1 = 1)
true()
false()
${age} + 1
${age} > 18
${age} >= 34
${none} + 1
${none} != 5
${price} * 2
${loss} + ${price}
${blank} = ''
${none} = ''
${word} = 'Hello'
selected(${many}, 'a')
selected(${many}, 'b')
selected(${unchosen}, 'a')
selected('apple baby', 'bab')
selected('', '')
count-selected(${many})
count-selected(${unchosen})
count-selected('')
selected-at(${many}, 0)
selected-at(${many}, 1)
${one} = 'b'
if(${age} > 18, 'adult', 'minor')
coalesce(${blank}, 'x')
coalesce(${word}, 'x')
string-length(${word})
contains(${word}, 'ell')
starts-with(${word}, 'He')
concat(${word}, ' ', ${age})
${later} - ${born}
${later} > ${born}
format-date(${born}, '%Y-%m-%d')
int(3.9)
abs(-3)
pow(2, 10)
max(1, 5, 3)
min(1, 5, 3)
5 mod 3
""".splitlines()
"""About what all engines were heard on before; where they differ stands in `tests.oracles.differences`."""

OPERATORS = """\
1 - 1
1-1
2 * 3 + 4
2 + 3 * 4
(2 + 3) * 4
- 5
--5
-(-5)
2 - -2
10 div 4
0 div 0
-1 div 0
1 div 3
5 mod 0
-5 mod -3
5 mod -3
5.5 mod 2
1.5 mod 0.5
${age} mod 10
${age} div ${none}
'5' + '6'
'5' * 2
'a' + 1
true() + true()
true() + 1
'12' > '2'
'abc' < 'abd'
'-17' > '-172'
'abc' = 'ABC'
'017.' = '17.000'
17 = '17.0000000'
${digits} = 17
${digits} = '17'
'1e3' = 1000
1 = true()
0 = false()
'true' = true()
'' = false()
'a' = true()
2 = true()
0 = ''
'' != 0
'' = ''
${none} < 5
${none} <= 0
${none} >= 0
${none} != 0
${blank} != 'x'
${blank} < 1
6.1 - 7.8 = -1.7
0.1 + 0.2 = 0.3
1 = 1 = 1
3 > 2 > 1
1 = 1 and 2 = 2
true() or false() and false()
(true() or false()) and false()
1 and 0
'' or 'x'
'0' and 1
'a' and 'b'
0 div 0 = 0 div 0
0 div 0 != 0 div 0
1 div 0 = 1 div 0
1 div 0 > 5
1 <= 1
1 >= 2
2 != 2
${price} > 2.4
${price} = 2.5
${price} = '2.5'
${price} = '2.50'
${age} = '34'
${age} = '34.0'
${age} = 34.0
.5 + .5
1. + 1
1.10
100000 * 100000
1000000000 * 1000000000
123456789 * 1000
1 div 1000
1 div 1000000
1 div 100000000
0.000001
1 div 7
10 div 3
2 div 3 * 3
1000000 * 1000000 * 1000000 * 1000000
-0
0 * -1
1e3
""".splitlines()

TEXT = """\
string(1)
string(1.50)
string(-0.5)
string(true())
string(false())
string(0 div 0)
string(1 div 0)
string('')
string(${none})
string(${born})
string(${many})
string(number(''))
string(100000 * 100000)
string(1 div 1000000)
concat()
concat('a')
concat(1.0, 2.50)
concat(${none}, 'x')
concat('a', 1 div 3)
concat('a', 0 div 0)
concat(${many}, '!')
join(', ', 'a', 'b')
join('-', ${word}, ${blank}, 'z')
join('', 'a', 'b')
substr('hello', 0)
substr('hello', 1)
substr('hello', 0, -1)
substr('hello', -3)
substr('hello', -3, -1)
substr('hello', 2, 2)
substr('hello', 3, 1)
substr('hello', 10)
substr('hello', 0, 99)
substr('', 0, 1)
substr(${word}, 1, 3)
substr(${digits}, 1)
substr(12345, 1, 3)
substr('hello', 1.7)
substring('12345', 2)
substring('12345', 2, 3)
substring('12345', 1.5, 2.6)
substring('12345', 0, 3)
substring('12345', 0 div 0, 3)
substring('12345', -42, 1 div 0)
substring-before('1999/04/01', '/')
substring-before('hello', 'x')
substring-before('hello', '')
substring-before('', 'x')
substring-after('1999/04/01', '/')
substring-after('hello', 'x')
substring-after('hello', '')
translate('bar', 'abc', 'ABC')
translate('--aaa--', 'abc-', 'ABC')
translate('hello', 'l', '')
translate('hello', 'll', 'xy')
translate(${blank}, 'a', 'b')
string-length('')
string-length('hello')
string-length(${blank})
string-length(${arabic})
string-length(12.50)
string-length('😀')
normalize-space(${line})
normalize-space('')
normalize-space('a  b')
contains('abc', '')
contains('', 'a')
contains('abc', 'B')
contains(${age}, '3')
starts-with('abc', '')
starts-with('', 'a')
starts-with('abc', 'b')
ends-with('abc', 'c')
ends-with('abc', '')
ends-with('abc', 'b')
ends-with(${word}, 'lo')
regex('1234', '[0-9]{3}')
regex('123', '[0-9]{3}')
regex('123', '^[0-9]{3}$')
regex('1234', '^[0-9]{3}$')
regex('abc', 'ABC')
regex('', '.*')
regex('', '.+')
regex(${word}, '^[A-Z][a-z]+$')
regex(${blank}, '^.+$')
regex('a@b.org', '^[^@]+@[^@]+\\.[a-z]+$')
regex(${arabic}, '^\\w+$')
regex('12', '^\\d+$')
regex('١٢', '^\\d+$')
regex('a b', '\\s')
regex(${age}, '^34$')
digest('abc', 'MD5')
digest('abc', 'MD5', 'hex')
digest('abc', 'SHA-1')
digest('abc', 'SHA-1', 'hex')
digest('abc', 'SHA-256')
digest('abc', 'SHA-256', 'base64')
digest('abc', 'SHA-384', 'hex')
digest('abc', 'SHA-512', 'hex')
digest(${arabic}, 'SHA-256', 'hex')
digest('abc', 'CRC')
base64-decode('SGVsbG8=')
base64-decode('%')
base64-decode('')
string-length(uuid())
string-length(uuid(8))
jr:choice-name(${one}, '${one}')
jr:choice-name('a', '${one}')
jr:choice-name('a', '${many}')
jr:choice-name('nowhere', '${one}')
jr:choice-name(selected-at(${many}, 1), '${many}')
lower-case('ABC')
upper-case('abc')
""".splitlines()

TRUTH = """\
boolean('')
boolean('false')
boolean('a')
boolean(0)
boolean(0 div 0)
boolean(-1)
boolean(${none})
boolean(${age})
boolean(${blank})
boolean(true())
boolean-from-string('true')
boolean-from-string('1')
boolean-from-string('True')
boolean-from-string('false')
boolean-from-string('0')
boolean-from-string('')
boolean-from-string(1)
boolean-from-string(${blank})
not('')
not('a')
not(0)
not(1)
not('false')
not(${none})
not(${age})
not(not(1))
if(1, 'a', 'b')
if(0, 'a', 'b')
if('', 'a', 'b')
if('0', 'a', 'b')
if(${blank} = '', 'empty', 'full')
if(${none} > 5, 'a', 'b')
if(true(), 1, 'b')
if(${age} > 18, ${price}, ${loss})
if(1 = 1, if(2 = 3, 'x', 'y'), 'z')
if(0 div 0, 'a', 'b')
if(${none}, 'a', 'b')
if(true(), 1 = 1, 2)
coalesce('', '')
coalesce('', 'b')
coalesce(${none}, 0)
coalesce(${none}, ${age})
coalesce('', '', 'c')
coalesce('a', 'b', 'c')
coalesce(0, 1)
coalesce(0 div 0, 5)
coalesce(${none}, 0) + 1
once('first')
once(${blank})
checklist(2, 3, 1, 0, 1)
checklist(-1, 2, 1, 1, 1)
checklist(1, -1, 0, 0)
checklist(-1, -1, 1)
checklist(1, 2, selected(${many}, 'a'), selected(${many}, 'b'))
checklist(2, 2, true(), true())
weighted-checklist(3, -1, 1, 2, 1, 1)
weighted-checklist(3, 4, 1, 2, 0, 9)
weighted-checklist(-1, 1, true(), 1, false(), 5)
weighted-checklist(1, 1, 1, 0.5, 1, 0.5)
""".splitlines()

NUMBERS = """\
number('12')
number(' 12 ')
number('12.5')
number('-12')
number('+12')
number('1e3')
number('1,000')
number('abc')
number(true())
number(false())
number('.5')
number('5.')
number('-.5')
number('- 5')
number('0x10')
number('Infinity')
number('NaN')
number(${none})
number(${digits})
number(${born})
number('1970-01-01')
number('1970-01-02')
number('12:00')
int(2.7)
int(-2.7)
int('2.7')
int('')
int('abc')
int(${none})
int(0 div 0)
int(1 div 0)
int(-0.5)
int(2.99999999999)
int(100000000000.7)
int(true())
floor(2.7)
floor(-2.7)
floor('')
ceiling(2.1)
ceiling(-2.1)
ceiling(-0.5)
round(2.5)
round(2.4)
round(-2.4)
round(-1.5)
round(0.5)
round(-0.5)
round('2.6')
round('')
round(0 div 0)
round(1 div 0)
round(1.005, 2)
round(2.345, 2)
round(-1.475, 2)
round(12345.15, 1)
round(-12345.15, 1)
round(12345.678, 0)
round(12345.678, -2)
round(-12355, -1)
round(1 div 3, 4)
round(${price})
round(2.5, 1)
round(1234.5, -5)
sum(1, 2)
sum(${none})
sum(${age})
sum(${word})
max(1, '10', 2)
max('')
max(${none}, 3)
max(${age}, ${price})
max('a', 1)
max(-1, -5)
min(3, 1, 2)
min('')
min(${none}, 3)
min('2', 10)
min('2024-01-01', '2023-01-01')
pow(2, -1)
pow(4, 0.5)
pow(-8, 0.5)
pow(0, 0)
pow(0, -1)
pow('', 2)
pow(10, 400)
log(1)
log(exp(1))
log(0)
log(-1)
log('')
log10(1000)
log10(0)
log10(-1)
abs(3)
abs('')
abs('-3.5')
abs(${loss})
sqrt(16)
sqrt(2)
sqrt(-1)
sqrt('')
exp(0)
exp(1)
exp(1000)
exp10(2)
exp10(-1)
pi()
sin(0)
sin(pi() div 2)
cos(0)
cos(pi())
tan(0)
tan(1)
asin(1)
asin(2)
acos(1)
acos(-2)
atan(1)
atan2(1, 1)
atan2(0, -1)
atan2(-1, -1)
random() >= 0 and random() < 1
position(..)
count(${age})
count-non-empty(${age})
""".splitlines()

CHOICES = """\
selected(${one}, 'b')
selected(${one}, 'a')
selected(${many}, 'c')
selected(${many}, '')
selected(${many}, 'a c')
selected(${unchosen}, '')
selected('apple baby', '  baby  ')
selected('apple baby', 'apple')
selected('a  b', 'b')
selected('a', 'A')
selected('1 2 3', 2)
selected('1 2 3', '2')
selected('01 2', 1)
not(selected(${many}, 'b'))
selected(${many}, 'a') and selected(${many}, 'c')
selected(${many}, ${one})
selected-at('a b c', 2)
selected-at('a b c', 3)
selected-at('a b c', -1)
selected-at('', 0)
selected-at('a b c', 1.9)
selected-at('a b c', '')
selected-at(${unchosen}, 0)
count-selected('a b c')
count-selected('  a   b ')
count-selected(${one})
count-selected(${many}) > 1
${many} = 'a c'
${many} = 'a'
${unchosen} = ''
count-selected(${unchosen}) = 0
""".splitlines()

DATES = """\
date('2024-02-29')
date('2023-02-29')
date('2024-13-01')
date('2024-2-9')
date('1983-09-31')
date('')
date('abc')
date(0)
date(1)
date(-1)
date(19000)
date(19000.5)
date(${born})
date(${blank})
date('2024-02-29T10:30:00')
date('2024-02-29T10:30:00Z')
date('2024-02-29T10:30:00.000Z')
date('2024-02-29T23:30:00-05:00')
string(date('2024-02-29'))
number(date('1970-01-02'))
date('2024-03-01') - date('2024-02-01')
date('2024-03-01') + 1
date(date('2024-03-01') + 1)
date(${born} + 30)
date(${later} - 1)
${born} + 0
${born} < ${later}
${born} = '1990-03-15'
${born} = date('1990-03-15')
${born} != ${later}
${born} < '2000-01-01'
${born} > '2000-01-01'
${born} < date('2000-01-01')
'2024-01-01' < '2024-01-02'
'2024-01-01' = '2024-01-01'
'2024-01-02' - '2024-01-01'
'2024-01-01' + 1
date('2024-01-01') = '2024-01-01'
int((${later} - ${born}) div 365.25)
today() > '2020-01-01'
today() = today()
today() - today()
string-length(today())
string-length(string(now())) > 18
now() > today()
now() >= '2020-01-01'
today() < date('2020-01-01')
date('2024-01-01') < now()
decimal-date-time('1970-01-02')
decimal-date-time('1970-01-02T12:00:00Z')
decimal-date-time('1970-01-02T12:00:00.000+00:00')
decimal-date-time('2024-02-29')
decimal-date-time('')
decimal-date-time('abc')
decimal-date-time(${born})
decimal-time('12:00')
decimal-time('06:00:00')
decimal-time('06:00:00.000Z')
decimal-time('18:30:00.000')
decimal-time('18:30:00.000+00:00')
decimal-time('')
decimal-time('25:00')
decimal-time('2024-01-01T12:00:00.000Z')
date-time('2024-02-29T10:30:00Z')
date-time('2024-02-29')
format-date('2024-02-09', '%Y/%m/%d')
format-date('2024-02-09', '%e %b %y')
format-date('2024-02-09', '%n')
format-date('2024-02-09', '%a')
format-date('2024-02-09', '%H:%M')
format-date('2024-02-09', '%j')
format-date('2024-02-09', '100%')
format-date('2024-02-09', '')
format-date('2024-02-09', 'Year %Y')
format-date('', '%Y')
format-date('abc', '%Y')
format-date(${born}, '%d.%m.%Y')
format-date(${blank}, '%Y')
format-date(date('2024-02-09'), '%Y')
format-date(today(), '%Y') >= '2020'
format-date(0, '%Y-%m-%d')
format-date(19000, '%Y-%m-%d')
format-date('2024-02-09', '%W')
format-date-time('2024-02-09T13:05:09.120Z', '%Y-%m-%d %H:%M:%S')
format-date-time('2024-02-09T13:05:09.120Z', '%h:%M')
format-date-time('2024-02-09T13:05:09.120Z', '%H:%M:%S.%3')
format-date-time('2024-02-09T01:05:09', '%h')
format-date-time('2024-02-09', '%H:%M')
format-date-time('', '%Y')
format-date-time(${blank}, '%Y')
format-date-time(0.5, '%H:%M')
""".splitlines()

PLACES = """\
${spot}
area(${field})
area(${way})
area(${nowhere})
distance(${way})
distance(${field})
distance(${nowhere})
distance(${spot})
area('')
distance('')
geofence(${spot}, ${field})
geofence('10 10 0 0', ${field})
geofence(${nowhere}, ${field})
intersects(${way})
intersects(${field})
count(${spot})
count-non-empty(${none})
position(..)
string(/data/age[last()])
string(/data/age)
""".splitlines()

ALL = tuple(dict.fromkeys((*LISTED, *OPERATORS, *TEXT, *TRUTH, *NUMBERS, *CHOICES, *DATES, *PLACES)))
