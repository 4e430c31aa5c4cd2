# A file as an array of C strings, a line each: awk -v name=report_style -f lines.awk FILE
BEGIN {
	print "/* Made from a file of agent/render/www by lines.awk. */"
	print "#include \"render/report.h\"\n"
	print "#include <stddef.h>\n"
	print "const char *const " name "[] = {"
}
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	gsub(/\t/, "\\t")
	print "    \"" $0 "\\n\","
}
END { print "    NULL,\n};" }
