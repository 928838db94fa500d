/** Another machine, for whoever is root in a namespace of their own. */

/** Two networks and a cable; `elsewhere` runs a command in the other one. */
export const networks = `
  ip link set lo up
  unshare --net sleep 3600 & other=$!
  trap 'kill $other' EXIT
  # Until it has a network of its own.
  until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
  elsewhere() { nsenter --target $other --net -- "$@"; }
  ip link add near type veth peer name far netns $other
  ip address add 10.77.0.1/24 dev near; ip link set near up
  elsewhere ip link set lo up
  elsewhere ip address add 10.77.0.2/24 dev far; elsewhere ip link set far up
`;
