/*
 * A PipeWire screen cast to be caught: a producer that looks like a compositor,
 * a portal or a camera, and consumers that look like a call or a recorder. It
 * knows nothing of onlooker.
 */
#include "tests/sim/pipewire_stream.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONSUMERS_MAX = 16 };

struct arguments {
	struct cast_options cast;
	const char *consumers[CONSUMERS_MAX];
	int n_consumers;
	bool is_portal;
};

static void usage(FILE *out)
{
	fputs("usage: pipewire_cast --shape NAME [OPTION]...\n"
	      "Offer or take a video stream on PipeWire as NAME does.\n\n"
	      "  --consume[=NAME]   also start a consumer (default: chromium)\n"
	      "  --node ID          what a consumer links to\n"
	      "  --paused           consumers link, but do not start\n"
	      "  --portal           consumers connect through a portal\n"
	      "  --media-name NAME  in place of the shape's media.name\n"
	      "  --count NUMBER     this many nodes (default: 1)\n"
	      "  --padding BYTES    a useless property of this size each\n"
	      "  --help\n\n"
	      "shapes:\n",
	      out);
	for (int i = 0; cast_shapes[i].name != NULL; i++)
		fprintf(out, "  %-15s %s\n", cast_shapes[i].name,
		        cast_shapes[i].is_producer ? "producer" : "consumer");
}

static int complain(const char *what, const char *about)
{
	fprintf(stderr, "pipewire_cast: %s: %s\n", about, what);
	return -EINVAL;
}

static int add_consumer(struct arguments *arguments, const char *name)
{
	if (arguments->n_consumers == CONSUMERS_MAX)
		return complain("too many", "--consume");
	if (name == NULL)
		name = "chromium";
	if (cast_shape_find(name) == NULL)
		return complain("no such shape", name);
	arguments->consumers[arguments->n_consumers++] = name;
	return 0;
}

static int parse(int argc, char *argv[], struct arguments *arguments)
{
	static const struct option options[] = {
		{ "shape", required_argument, NULL, 's' },
		{ "consume", optional_argument, NULL, 'c' },
		{ "node", required_argument, NULL, 'n' },
		{ "paused", no_argument, NULL, 'p' },
		{ "portal", no_argument, NULL, 'P' },
		{ "media-name", required_argument, NULL, 'm' },
		{ "count", required_argument, NULL, 'C' },
		{ "padding", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct cast_options *cast = &arguments->cast;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 's':
			cast->shape = cast_shape_find(optarg);
			if (cast->shape == NULL)
				return complain("no such shape", optarg);
			break;
		case 'c':
			if (add_consumer(arguments, optarg) < 0)
				return -EINVAL;
			break;
		case 'n':
			cast->target = (uint32_t)strtoul(optarg, NULL, 10);
			break;
		case 'p':
			cast->is_paused = true;
			break;
		case 'P':
			arguments->is_portal = true;
			break;
		case 'm':
			cast->media_name = optarg;
			break;
		case 'C':
			cast->count = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'b':
			cast->padding = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'h':
			usage(stdout);
			exit(EXIT_SUCCESS);
		default:
			return -EINVAL;
		}
	}
	if (cast->shape == NULL || optind != argc || cast->count == 0)
		return complain("see --help", "arguments");
	return 0;
}

static int connect_daemon(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *dir = getenv("XDG_RUNTIME_DIR");
	const char *name = getenv("PIPEWIRE_REMOTE");
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/%s",
	         dir != NULL ? dir : "", name != NULL ? name : "pipewire-0");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		close(fd);
		return -errno;
	}
	return fd;
}

/*
 * The daemon remembers who called connect(). So a process with the portal's
 * name does that and stays, and its descendant, which stands for the
 * application, inherits the socket, as an application gets it from the real
 * portal.
 */
static int become_portal_client(void)
{
	pid_t parent = getpid();
	pid_t child;
	int fd;

	prctl(PR_SET_NAME, "xdg-desktop-portal");
	fd = connect_daemon();
	if (fd < 0)
		return fd;
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		return getppid() == parent ? fd : -EPIPE;
	}
	close(fd);
	(void)waitpid(child, NULL, 0);
	_exit(EXIT_SUCCESS);
}

static int run(struct arguments *arguments)
{
	struct cast_options *cast = &arguments->cast;

	if (arguments->is_portal && !cast->shape->is_producer) {
		cast->remote = become_portal_client();
		if (cast->remote < 0)
			return EXIT_FAILURE;
	}
	prctl(PR_SET_NAME, cast->shape->comm);
	return cast_run(cast);
}

/* The child that consumes. It has a copy of everything and never returns. */
static void consume(struct arguments *arguments, const char *name, int node,
                    pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent ||
	    read(node, &arguments->cast.target, sizeof(uint32_t)) !=
	            (ssize_t)sizeof(uint32_t))
		_exit(EXIT_FAILURE);
	arguments->cast.shape = cast_shape_find(name);
	arguments->cast.n_ready = 0;
	arguments->cast.media_name = NULL;
	arguments->cast.padding = 0;
	arguments->cast.count = 1;
	_exit(run(arguments));
}

int main(int argc, char *argv[])
{
	struct arguments arguments = {
		.cast = { .count = 1, .remote = -1 },
	};
	int node[2];
	pid_t parent = getpid();

	if (parse(argc, argv, &arguments) < 0)
		return 2;
	if (arguments.n_consumers == 0)
		return run(&arguments);
	/* All consumers read the node's id from one pipe: an id for each. */
	if (pipe(node) < 0)
		return EXIT_FAILURE;
	for (int i = 0; i < arguments.n_consumers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			return EXIT_FAILURE;
		if (pid == 0)
			consume(&arguments, arguments.consumers[i], node[0],
			        parent);
		printf("consumer %d\n", (int)pid);
		fflush(stdout);
	}
	close(node[0]);
	arguments.cast.ready = node[1];
	arguments.cast.n_ready = arguments.n_consumers;
	return run(&arguments);
}
