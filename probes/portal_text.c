/*
 * Texts from the bus, taken apart. Pure. Whoever sent them may mean harm: names
 * are taken only in the form that they have to have.
 */
#include "portal.h"

#include <errno.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What an element of an object path consists of. */
static bool is_path_char(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The name attribute of the tag in [tag, end). */
static bool take_name(const char *tag, const char *end,
                      char ret[OL_PORTAL_NODE])
{
	static const char name[] = "name=";
	const char *at =
		memmem(tag, (size_t)(end - tag), name, sizeof(name) - 1);
	size_t length = 0;
	char quote;

	if (at == NULL || !is_space(at[-1]) || end - at < 7)
		return false;
	at += sizeof(name) - 1;
	quote = *at++;
	if (quote != '"' && quote != '\'')
		return false;
	while (at + length < end && is_path_char(at[length]))
		length++;
	if (length == 0 || length >= OL_PORTAL_NODE || at + length == end ||
	    at[length] != quote)
		return false;
	memcpy(ret, at, length);
	ret[length] = '\0';
	return true;
}

bool ol_portal_next_node(const char *xml, size_t size, size_t *at,
                         char ret[OL_PORTAL_NODE])
{
	static const char open[] = "<node";

	while (*at < size) {
		const char *tag =
			memmem(xml + *at, size - *at, open, sizeof(open) - 1);
		const char *end;

		if (tag == NULL)
			break;
		tag += sizeof(open) - 1;
		end = memchr(tag, '>', (size_t)(xml + size - tag));
		if (end == NULL)
			break;
		*at = (size_t)(end - xml) + 1;
		if (is_space(*tag) && take_name(tag, end, ret))
			return true;
	}
	*at = size;
	return false;
}

int ol_portal_parse_sender(const char *node, char ret[OL_PORTAL_NAME])
{
	const char *separator = strchr(node, '_');
	size_t length = strlen(node);

	if (separator == NULL || separator == node || separator[1] == '\0' ||
	    length + 2 > OL_PORTAL_NAME)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		if (node + i != separator && !is_digit(node[i]))
			return -EINVAL;
	}
	ret[0] = ':';
	memcpy(ret + 1, node, length + 1);
	ret[1 + (separator - node)] = '.';
	return 0;
}

int ol_portal_parse_number(const char *node, uint32_t *ret)
{
	uint32_t value = 0;

	if (node[0] != 'u' || node[1] == '\0')
		return -EINVAL;
	for (node++; *node != '\0'; node++) {
		if (!is_digit(*node) ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint32_t)(*node - '0'),
		                           &value))
			return -EINVAL;
	}
	*ret = value;
	return 0;
}

int ol_portal_parse_match(const char *rule, char ret[OL_PORTAL_NAME])
{
	static const char argument[] = "arg0=':";
	const char *at = strstr(rule, argument);
	size_t length;

	if (at == NULL || strstr(rule, "member='NameOwnerChanged'") == NULL)
		return -EINVAL;
	at += sizeof(argument) - 2;
	length = strspn(at, ":.0123456789");
	if (length < 4 || length >= OL_PORTAL_NAME || at[length] != '\'')
		return -EINVAL;
	memcpy(ret, at, length);
	ret[length] = '\0';
	return 0;
}

int ol_portal_parse_address(const char *list, char *ret, size_t size)
{
	static const char *const kinds[] = { "unix:path=", "unix:abstract=" };

	for (;;) {
		size_t length = strcspn(list, ";");

		for (size_t i = 0; i < 2; i++) {
			if (strncmp(list, kinds[i], strlen(kinds[i])) != 0 ||
			    length >= size)
				continue;
			memcpy(ret, list, length);
			ret[length] = '\0';
			return 0;
		}
		if (list[length] == '\0')
			return -ENOENT;
		list += length + 1;
	}
}

/* The line at *at without its newline; moves on. False at the end. */
static bool next_line(const char **at, const char *end, const char **line,
                      size_t *length)
{
	const char *newline;

	if (*at >= end)
		return false;
	newline = memchr(*at, '\n', (size_t)(end - *at));
	*line = *at;
	*length = (size_t)((newline != NULL ? newline : end) - *at);
	*at += *length + 1;
	return true;
}

static bool is_app_char(char c)
{
	return is_path_char(c) || c == '.' || c == '-';
}

int ol_portal_parse_app(const char *text, size_t size, char ret[OL_PORTAL_NODE])
{
	static const char group[] = "[Application]", key[] = "name=";
	const char *end = text + size, *line;
	bool is_inside = false;
	size_t length;

	while (next_line(&text, end, &line, &length)) {
		if (length > 0 && *line == '[')
			is_inside = length == sizeof(group) - 1 &&
			            memcmp(line, group, length) == 0;
		if (!is_inside || length < sizeof(key) ||
		    memcmp(line, key, sizeof(key) - 1) != 0)
			continue;
		line += sizeof(key) - 1;
		length -= sizeof(key) - 1;
		if (length >= OL_PORTAL_NODE)
			return -EINVAL;
		for (size_t i = 0; i < length; i++) {
			if (!is_app_char(line[i]))
				return -EINVAL;
		}
		memcpy(ret, line, length);
		ret[length] = '\0';
		return 0;
	}
	return -EINVAL;
}
