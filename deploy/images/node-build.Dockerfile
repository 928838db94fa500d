# What builds: Node with npm and a shell. Stands in for node:24 where no registry is reached.
ARG NODE_IMAGE
FROM ${NODE_IMAGE}
USER 0:0
COPY root /
ENV NODE_ENV= NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN ["/bin/busybox", "--install", "-s"]
ENTRYPOINT []
CMD ["/bin/sh"]
