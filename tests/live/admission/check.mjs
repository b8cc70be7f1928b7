// Admission policies that `bulkhead policy export` writes, decided on Pods by an implementation of CEL that nobody here
// wrote. What each Pod must be refused for was said by hand. An expression that fails, as on a field that is not there, is
// a failure.
//
// Usage: node check.mjs BULKHEAD
import {execFileSync} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
if (!existsSync(join(here, 'node_modules/@marcbachmann/cel-js'))) {
  const required = process.env.BULKHEAD_REQUIRE_ENGINES === '1'
  console.log(`${required ? 'failed' : 'skipped'}: CEL is not installed; run "npm ci" in tests/live/admission`)
  process.exit(required ? 1 : 77)
}
const {Environment} = await import('@marcbachmann/cel-js')
const yaml = await import('js-yaml')
const bulkhead = process.argv[2]

function exported(policy) {
  const text = execFileSync(bulkhead, ['policy', 'export', policy, '--format', 'vap'], {stdio: ['ignore', 'pipe', 'ignore']})
  return yaml.loadAll(text.toString())[0].spec
}

const plain = value => JSON.parse(JSON.stringify(value), (_, v) => (Number.isInteger(v) ? BigInt(v) : v))

// As the API server does: variables in order, each seen by those behind it, then every validation.
function refusals(spec, pod) {
  const env = new Environment({unlistedVariablesAreDyn: true})
  const context = {object: plain(pod), variables: {}}
  for (const variable of spec.variables) {
    context.variables[variable.name] = env.evaluate(variable.expression, context)
  }
  return spec.validations
    .filter(validation => {
      const accepted = env.evaluate(validation.expression, context)
      if (typeof accepted !== 'boolean') throw new Error(`${validation.expression} is no truth value`)
      return !accepted
    })
    .map(validation => validation.message.split(':')[0])
}

const container = (own = {}, context = {}) => ({name: 'a', image: 'x', ...own, securityContext: context})
const sound = {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: ['ALL']}}
const limits = {resources: {limits: {memory: '64Mi', cpu: '1'}}}
const filtered = {seccompProfile: {type: 'RuntimeDefault'}, runAsNonRoot: true}
const good = (more = {}) => ({
  spec: {hostUsers: false, securityContext: filtered, containers: [container(limits, sound)], ...more}})
const mounting = (volume, mount = {}) => good({
  volumes: [{name: 'v', ...volume}, {name: 'w', emptyDir: {}}],
  containers: [container({...limits, volumeMounts: [{name: 'w', mountPath: '/w'}, {name: 'v', mountPath: '/v', ...mount}]}, sound)]})
const host = path => ({hostPath: {path}})

// A policy of a user's own, with every marker of a path; what is refused was said by hand from resources/weaknesses/README.md.
const folder = mkdtempSync(join(tmpdir(), 'bulkhead-admission-'))
process.on('exit', () => rmSync(folder, {recursive: true}))
const own = join(folder, 'own.yaml')
const shows = (id, paths) => `  - {id: ${id}, title: t, message: m, refuse: {one: mount, all: ["shows(${paths})"]}}\n`
writeFileSync(own, 'policy: own\nrules:\n' + shows('lacking', '?/opt/cni/bin') + shows('below', '/etc/ssh/') +
  shows('star', '/home/*/.ssh/') + shows('socket', '/run/x.sock') + shows('odd', "/o+d/it's") +
  '  - id: known\n    title: t\n    message: m\n    refuse: {one: mount, all: [{fact: mount.hostPaths, empty: false}, ' +
  '{not: {mounted: {/v: [/srv/data, volume], /w: any}}}]}\n')
const kinds = join(folder, 'kinds.yaml')
writeFileSync(kinds, 'policy: kinds\nrules:\n' + ['bind', 'volume', 'socket', 'proc', 'sys', 'cgroup'].map(
  kind => `  - {id: ${kind}, title: t, message: m, refuse: {one: mount, all: [{fact: mount.kind, is: ${kind}}]}}\n`).join('') +
  '  - {id: place, title: t, message: m, refuse: {one: mount, all: [{fact: mount.target, is: /x}]}}\n' +
  '  - {id: needed, title: t, message: m, require: {one: mount, all: [{fact: mount.target, is: /x}]}}\n')
const known = mounted => [...mounted, 'known'].sort()

const CASES = [
  [own, 'a path that it may lack', mounting(host('/opt/cni/bin')), known(['lacking'])],
  [own, 'one above it', mounting(host('/opt')), known(['lacking'])],
  [own, 'one below it', mounting(host('/opt/cni/bin/bridge')), known([])],
  [own, 'one beside it', mounting(host('/opt/cni/bins')), known([])],
  [own, 'the root, which nobody named', mounting(host('/')), known([])],
  ...['/etc/ssh', '/etc', '/etc/ssh/keys', '/etc/ssh/keys/a', '/proc/1/root/etc/ssh', '/proc/self/root//etc/'].map(
    path => [own, `below as ${path}`, mounting(host(path)), known(['below'])]),
  ...['/etc/sshd', '/etc/hosts', '/proc/1/rootless/etc', '/proc/sys/root/etc', '/x/etc'].map(
    path => [own, `not below as ${path}`, mounting(host(path)), known([])]),
  ...['/home', '/home/a', '/home/a/.ssh', '/home/a/.ssh/id'].map(path => [own, `a star as ${path}`, mounting(host(path)), known(['star'])]),
  ...['/home/a/b/.ssh', '/home/a/.sshd', '/home/a/xssh', '/homes'].map(path => [own, `no star as ${path}`, mounting(host(path)), known([])]),
  ...['/run', '/var/run', '/run/x.sock', '/var/run/x.sock', '/proc/1/root/var/run'].map(
    path => [own, `the socket as ${path}`, mounting(host(path)), known(['socket'])]),
  ...['/var', '/var/running', '/run/xxsock'].map(path => [own, `no socket as ${path}`, mounting(host(path)), known([])]),
  [own, 'a name with signs', mounting(host("/o+d/it's")), known(['odd'])],
  [own, 'a name with other signs', mounting(host("/ood/it's")), known([])],
  [own, 'what may be mounted', mounting(host('/srv/data')), []],
  [own, 'what may be mounted, in another spelling', mounting(host('/srv//data/'), {mountPath: '/v/'}), []],
  [own, 'what may be mounted, elsewhere', mounting(host('/srv/data'), {mountPath: '/x'}), ['known']],
  [own, 'another path at a known place', mounting(host('/srv/data/inner')), ['known']],
  [own, 'another path above at a known place', mounting(host('/srv')), ['known']],
  [own, 'anything where that may be', mounting(host('/srv'), {mountPath: '/w'}), []],
  [own, 'a path that leads back', mounting(host('/srv/data/../x')), ['below', 'known', 'lacking', 'odd', 'socket', 'star']],
  [own, 'a folder below a path', mounting(host('/etc'), {subPath: 'ssh'}), known(['below'])],
  [own, 'a folder below the root', mounting(host('/'), {subPath: 'etc/ssh/'}), known(['below'])],
  [own, 'a folder below a path, beside it', mounting(host('/etc'), {subPath: 'sshd'}), known([])],
  [own, 'what may be mounted, of a folder above', mounting(host('/srv'), {subPath: 'data'}), []],
  [own, 'a folder of what may be mounted', mounting(host('/srv/data'), {subPath: 'inner'}), ['known']],
  [own, 'a folder that the environment names', mounting(host('/srv/data'), {subPathExpr: '$(A)'}), ['below', 'known', 'lacking', 'odd', 'socket', 'star']],
  [own, 'a place that leads back', mounting(host('/srv/data'), {mountPath: '/x/../v'}), ['known']],
  [kinds, 'a folder', mounting(host('/srv')), ['bind', 'needed']],
  [kinds, 'a socket of anybody', mounting(host('/srv/app.sock')), ['needed', 'socket']],
  [kinds, 'a folder of proc', mounting(host('/proc/')), ['needed', 'proc']],
  [kinds, 'a socket in proc', mounting(host('/proc/1/a.sock')), ['needed', 'proc']],
  [kinds, 'sys', mounting(host('/'), {subPath: 'sys'}), ['needed', 'sys']],
  [kinds, 'groups, a plain folder where they are v1', mounting(host('/sys/fs/cgroup')), ['bind', 'cgroup', 'needed']],
  [kinds, 'a group', mounting(host('/sys/fs/cgroup/a')), ['cgroup', 'needed']],
  [kinds, 'a name like proc', mounting(host('/process')), ['bind', 'needed']],
  [kinds, "an engine's volume", mounting(host('/var/lib/docker/volumes/a/_data')), ['needed', 'volume']],
  [kinds, 'a place', mounting(host('/srv'), {mountPath: '/x/'}), ['bind', 'place']],
  [kinds, 'a place that leads back', mounting(host('/srv'), {mountPath: '/a/../x'}), ['bind', 'needed', 'place']],
  ['cis-docker', 'nothing is set', {spec: {containers: [{name: 'a', image: 'x'}]}}, ['5.11', '5.13', '5.22', '5.26', '5.31']],
  ['cis-docker', 'everything is set', good(), []],
  ['cis-docker', 'host namespaces', good({hostPID: true, hostIPC: true, hostNetwork: true}), ['5.10', '5.16', '5.17', '5.21']],
  ['cis-docker', 'host namespaces, said to be off', good({hostPID: false, hostIPC: false, hostNetwork: false}), []],
  ['cis-docker', 'privileged', good({containers: [container(limits, {...sound, privileged: true})]}), ['5.4', '5.5', '5.22']],
  ['cis-docker', 'an init container is privileged',
    good({initContainers: [container(limits, {...sound, privileged: true})]}), ['5.4', '5.5', '5.22']],
  ['cis-docker', 'an ephemeral container says nothing', good({ephemeralContainers: [{name: 'e', image: 'x'}]}), ['5.11', '5.13', '5.26']],
  ['cis-docker', 'a capability is added', good({containers: [container(limits, {...sound, capabilities: {drop: ['ALL'], add: ['SYS_TIME']}})]}), ['5.4']],
  ['cis-docker', 'all are added', good({containers: [container(limits, {...sound, capabilities: {add: ['ALL']}})]}), ['5.4']],
  ['cis-docker', 'a default one is added', good({containers: [container(limits, {...sound, capabilities: {add: ['CHOWN']}})]}), []],
  ['cis-docker', 'one in small letters', good({containers: [container(limits, {...sound, capabilities: {drop: ['ALL'], add: ['sys_admin']}})]}), ['5.4']],
  ['cis-docker', 'one with its prefix', good({containers: [container(limits, {...sound, capabilities: {drop: ['ALL'], add: ['Cap_Sys_Admin']}})]}), ['5.4']],
  ['cis-docker', 'all in small letters', good({containers: [container(limits, {...sound, capabilities: {add: ['all']}})]}), ['5.4']],
  ['cis-docker', 'one that is named like another', good({containers: [container(limits, {...sound, capabilities: {add: ['SYS_ADMINS']}})]}), []],
  ['cis-docker', 'the container switches seccomp off',
    good({containers: [container(limits, {...sound, seccompProfile: {type: 'Unconfined'}})]}), ['5.22']],
  ['cis-docker', 'the container alone switches it on',
    good({securityContext: {}, containers: [container(limits, {...sound, seccompProfile: {type: 'Localhost', localhostProfile: 'p'}})]}), []],
  ['cis-docker', 'the root of the host', mounting(host('/')), ['5.32', '5.6']],
  ['cis-docker', 'a folder of the root', mounting(host('/'), {subPath: 'etc'}), ['5.6']],
  ...['/run/docker/containerd/containerd.sock', '/run/docker', '/run/user/1000/docker.sock', '/var/snap/microk8s/common/run/containerd.sock'].map(
    path => ['cis-docker', `an engine's socket as ${path}`, mounting(host(path)), ['5.32']]),
  ...['/run/user/1000/my-docker.sock', '/srv/docker.sock/x', '/srv/docker-sock'].map(
    path => ['cis-docker', `no engine's socket as ${path}`, mounting(host(path)), []]),
  ...['/proc', '/sys'].map(path => ['cis-docker', `${path} of the host`, mounting(host(path)), ['5.6']]),
  ...['/proc', '/sys'].map(path => ['lesson', `${path} of the host`, mounting(host(path)), ['no-host-directory']]),
  ['lesson', 'the root of the host, read-only', mounting(host('/'), {readOnly: true}), ['no-socket']],
  ['nist-800-190', 'the root of the host, read-only', mounting(host('/'), {readOnly: true}), ['4.4.3-socket']],
  ['cis-docker', 'its configuration', mounting(host('/etc/')), ['5.6']],
  ['cis-docker', 'a file of it', mounting(host('/etc/shadow'), {readOnly: true}), ['5.6']],
  ['cis-docker', 'data', mounting(host('/srv/data')), []],
  ['cis-docker', 'a volume that is not mounted', good({volumes: [{name: 'v', ...host('/etc')}]}), []],
  ...['//', '/./', '/.'].map(path => ['cis-docker', `the root as ${path}`, mounting(host(path)), ['5.32', '5.6']]),
  ...['//etc', '/./etc', '/etc//', '/etc/.', '/etc/../', '/srv/../etc', '/./etc/./shadow'].map(
    path => ['cis-docker', `configuration as ${path}`, mounting(host(path)), path.includes('..') ? ['5.32', '5.6'] : ['5.6']]),
  ...['/etcetera', '/srv/etc', '/.etc', '/srv/...'].map(path => ['cis-docker', `data in ${path}`, mounting(host(path)), []]),
  ...['//run', '/run/.', '/var//run/./docker.sock'].map(path => ['cis-docker', `a socket as ${path}`, mounting(host(path)), ['5.32']]),
  ['cis-docker', 'a socket', mounting(host('/var/run/docker.sock')), ['5.32']],
  ['cis-docker', 'the folder of sockets', mounting(host('/run')), ['5.32']],
  ['cis-docker', 'mounts travel to the host', mounting(host('/srv'), {mountPropagation: 'Bidirectional'}), ['5.20']],
  ['cis-docker', 'mounts come from the host', mounting(host('/srv'), {mountPropagation: 'HostToContainer'}), []],
  ['cis-docker', 'memory without a limit', good({containers: [container({resources: {limits: {cpu: '1'}}}, sound)]}), ['5.11']],
  ['cis-docker', 'privileges can be gained', good({containers: [container(limits, {...sound, allowPrivilegeEscalation: true})]}), ['5.26']],
  ['cis-docker', 'the host users', good({hostUsers: true}), ['5.31']],
  ['nist-800-190', 'root by its number', good({securityContext: {...filtered, runAsUser: 0}}), ['4.1.2-user']],
  ['nist-800-190', 'a container turns back to root', good({containers: [container(limits, {...sound, runAsUser: 0})]}), ['4.1.2-user']],
  ['nist-800-190', 'a container turns away from root',
    good({securityContext: {...filtered, runAsUser: 0}, containers: [container(limits, {...sound, runAsUser: 7})]}), []],
  ['nist-800-190', 'what the image says', good({securityContext: {seccompProfile: {type: 'RuntimeDefault'}}}), ['4.1.2-user']],
  ['nist-800-190', 'configuration, writable', mounting(host('/etc')), ['4.5.5-files']],
  ['nist-800-190', 'configuration, read-only', mounting(host('/etc'), {readOnly: true}), []],
  ['nist-800-190', 'a capability over the host', good({containers: [container(limits, {...sound, capabilities: {add: ['SYS_MODULE']}})]}), ['4.5.2-modules']],
  ['lesson', 'everything is set', good(), []],
  ['lesson', 'capabilities are kept', good({containers: [container(limits, {...sound, capabilities: {}})]}), ['no-capability', 'none-obtainable']],
  ['lesson', 'all are dropped in small letters', good({containers: [container(limits, {...sound, capabilities: {drop: ['all']}})]}), []],
  ['lesson', 'one is added back',
    good({containers: [container(limits, {...sound, capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE']}})]}), ['no-capability', 'none-obtainable']],
  ['lesson', 'the masks of proc are off', good({containers: [container(limits, {...sound, procMount: 'Unmasked'})]}), ['protected-paths']],
  ['lesson', 'a folder of the host', mounting(host('/srv')), ['no-host-directory']],
]

let failed = 0
const specs = {}
for (const [policy, what, pod, expected] of CASES) {
  specs[policy] ??= exported(policy)
  let found
  try {
    found = refusals(specs[policy], pod)
  } catch (error) {
    found = [`error: ${error.message}`]
  }
  if (JSON.stringify([...found].sort()) !== JSON.stringify([...expected].sort())) {
    failed++
    console.log(`${policy}, ${what}: refused for ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`)
  }
}
console.log(`${CASES.length - failed} of ${CASES.length} Pods are decided as they must`)
process.exit(failed === 0 ? 0 : 1)
