# Makes a table in C of a catalogue in gettext's format, sorted by the bytes of the English
# sentence as strcmp() has them; "#. said" stands at what checks and judges say. Run with LC_ALL=C
# and -v name=tr_ja. Sentences that are fuzzy, obsolete or not translated are left out: English is
# better than a guess.

BEGIN {
	is_said = "false"
	for (i = 1; i < 256; i++)
		ord[sprintf("%c", i)] = i
}

function flush_entry() {
	if (where == "str" && id != "" && text != "" && !is_fuzzy) {
		rows++
		key[rows] = plain(id)
		row[rows] = "\t{\"" id "\",\n\t \"" text "\", " is_said ",\n\t {" pairs(key[rows]) "}},"
	}
	where = id = text = ""
	is_fuzzy = 0
	is_said = "false"
}

# The string between the quotes, as C has it: both write strings alike.
function quoted(line) {
	sub(/^[^"]*"/, "", line)
	sub(/"[ \t]*$/, "", line)
	return line
}

# What C makes of it, for sorting.
function plain(literal) {
	gsub(/\\n/, "\n", literal)
	gsub(/\\t/, "\t", literal)
	gsub(/\\"/, "\"", literal)
	gsub(/\\\\/, "\\", literal)
	return literal
}

# The pairs of bytes that stand in every text made of the sentence, each as a bit of 4 x 64; the hash
# is that of tr_pair().
function pairs(text,    i, c, was, bit, word, words) {
	was = 0
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "%" && substr(text, i + 1, 1) == "%") {
			i++
		} else if (c == "%" && match(substr(text, i + 1), /^[0-9.*zl]*[a-z]/)) {
			i += RLENGTH
			was = 0
			continue
		}
		if (was)
			bit[(was * 7 + ord[c] * 31) % 256] = 1
		was = ord[c]
	}
	for (i = 0; i < 256; i++)
		if (i in bit)
			word[int(i / 64)] = word[int(i / 64)] (word[int(i / 64)] ? "|" : "") "B(" i % 64 ")"
	for (i = 0; i < 4; i++)
		words = words (i ? ", " : "") (word[i] ? word[i] : "0")
	return words
}

function sort_rows(    i, j, k, r) {
	for (i = 2; i <= rows; i++) {
		k = key[i]
		r = row[i]
		for (j = i - 1; j >= 1 && (key[j] "") > (k ""); j--) {
			key[j + 1] = key[j]
			row[j + 1] = row[j]
		}
		key[j + 1] = k
		row[j + 1] = r
	}
}

/^[ \t]*$/ { flush_entry(); next }
/^#,.*fuzzy/ { is_fuzzy = 1; next }
/^#\. said/ { is_said = "true"; next }
/^#/ { next }
/^msgid / { where = "id"; id = quoted($0); next }
/^msgstr / { where = "str"; text = quoted($0); next }
/^"/ { if (where == "id") id = id quoted($0); else text = text quoted($0) }

END {
	flush_entry()
	sort_rows()
	print "/* Made from the catalogue by po/table.awk. */"
	print "#include \"render/tr_table.h\"\n"
	print "#define B(bit) UINT64_C(1) << (bit)\n"
	print "const struct tr_row " name "[] = {"
	for (i = 1; i <= rows; i++)
		print row[i]
	print "};"
	print "const size_t " name "_rows = sizeof(" name ") / sizeof(" name "[0]);"
}
