# cmake -DOUTPUT=file.c -DINPUTS="a.json;b.json" -P embed.cmake
#
# Writes the files into a C source as ol_catalogue_files[] of probes/catalogue.h,
# as numbers: a string of this length would be longer than compilers must take.
set(arrays "")
set(rows "")
set(number 0)
foreach(input IN LISTS INPUTS)
  file(READ ${input} bytes HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  get_filename_component(name ${input} NAME)
  string(APPEND arrays "static const unsigned char file_${number}[] = { ${bytes} };\n")
  string(APPEND rows "\t{ \"${name}\", (const char *)file_${number}, sizeof(file_${number}) },\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"catalogue.h\"\n\n${arrays}
const struct ol_catalogue_file ol_catalogue_files[] = {\n${rows}\t{ 0 },\n};\n")
