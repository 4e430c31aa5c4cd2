"""The shipped definitions in a real Nagios and a real Icinga 2: what they make of the plug-in."""

import base64
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import time
import urllib.request

import pytest

import bed as beds
import peers
from monitored import CHECK, CLEAN, LISTED, SOURCE, ZONE, check, make_old, record

PLUGINS = pathlib.Path(CHECK).parent
OK, WARNING, CRITICAL, UNKNOWN = "0123"
LISTED_TEXT = (f"REPWATCH CRITICAL - {LISTED} (www274) listed on {ZONE} (listed): "
               "see https://bl.test/")


@pytest.fixture
def state(repwatch, bed):
    state = record(repwatch, bed)
    state.dir.chmod(0o755)
    return state


def read_status(path):
    """{service: {key: value}} of a status.dat."""
    services = {}
    text = path.read_text() if path.exists() else ""
    for block in re.findall(r"^servicestatus \{\n(.*?)^\s*\}", text, re.S | re.M):
        fields = dict(line.strip().split("=", 1) for line in block.splitlines() if "=" in line)
        services[fields["service_description"]] = fields
    return services


def wait_for(path, services, condition=lambda each: each.get("plugin_output")):
    def found():
        came = read_status(path)
        return came if len(came) >= services and all(map(condition, came.values())) else None

    return beds.until(found, f"all services in {path.name} are checked", limit_s=60)


class Nagios(beds.Server):
    def __init__(self, conf, services):
        super().__init__("nagios")
        for name in ("results", "archives"):
            (self.dir / name).mkdir()
        self.write("resource.cfg", f"$USER1$={PLUGINS}\n")
        # The command's configuration is the packager's default; the test's is elsewhere.
        shipped = (pathlib.Path(SOURCE) / "etc/nagios/repwatch.cfg").read_text()
        self.write("repwatch.cfg", shipped.replace("check_repwatch -vv",
                                                   f"check_repwatch --config {conf} -vv"))
        self.write("objects.cfg", self.objects(services))
        self.write("nagios.cfg", "\n".join([
            f"cfg_file={self.dir}/repwatch.cfg", f"cfg_file={self.dir}/objects.cfg",
            f"resource_file={self.dir}/resource.cfg", f"log_file={self.dir}/nagios.log",
            f"object_cache_file={self.dir}/objects.cache", f"status_file={self.dir}/status.dat",
            f"temp_file={self.dir}/tmp", f"temp_path={self.dir}", f"lock_file={self.dir}/lock",
            f"check_result_path={self.dir}/results", f"log_archive_path={self.dir}/archives",
            f"state_retention_file={self.dir}/retention", f"query_socket={self.dir}/query",
            f"command_file={self.dir}/command", "check_external_commands=0", "use_syslog=0",
            "nagios_user=root", "nagios_group=root", "interval_length=1", "status_update_interval=1",
            "check_result_reaper_frequency=1", "execute_host_checks=0", "enable_notifications=0",
            "process_performance_data=1", "check_for_updates=0", "date_format=iso8601",
            "service_inter_check_delay_method=n", "illegal_macro_output_chars=`~$&|'\"<>",
        ]) + "\n")

    @staticmethod
    def objects(services):
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        text = ("define timeperiod {\n timeperiod_name 24x7\n alias always\n" +
                "".join(f" {day} 00:00-24:00\n" for day in days) + "}\n"
                "define command {\n command_name up\n command_line /bin/true\n}\n"
                "define contact {\n contact_name root\n host_notification_commands up\n"
                " service_notification_commands up\n host_notification_period 24x7\n"
                " service_notification_period 24x7\n}\n"
                "define host {\n host_name mx\n address 192.0.2.1\n check_command up\n"
                " max_check_attempts 1\n contacts root\n check_period 24x7\n}\n")
        for name, command in services.items():
            text += (f"define service {{\n use repwatch-service\n host_name mx\n contacts root\n"
                     f" service_description {name}\n check_command {command}\n"
                     " check_interval 2\n retry_interval 2\n}\n")
        return text

    def argv(self, *words):
        return [beds.need("nagios4"), *words, str(self.dir / "nagios.cfg")]

    def run(self):
        self.start(self.argv(), (self.dir / "status.dat").exists)
        return self


@pytest.fixture
def servers():
    running = []
    yield running
    for server in running:
        server.stop()


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="the daemons change their user")


@needs_root
def test_nagios(state, servers):
    nagios = Nagios(state.conf, {
        "listed": f"check_repwatch!{LISTED}",
        "clean": f"check_repwatch!{CLEAN}",
        "few": "check_repwatch_mode!all!lists!-w 0 -c 1",
        "agent": "check_repwatch_agent",
        "nobody": "check_repwatch!192.0.2.77",
    })
    servers.append(nagios)
    done = subprocess.run(nagios.argv("-v"), capture_output=True, check=False)
    assert done.returncode == 0 and b"Total Warnings: 0" in done.stdout, done.stdout.decode()
    path = nagios.run().dir / "status.dat"
    came = wait_for(path, 5)
    assert {name: each["current_state"] for name, each in came.items()} == {
        "listed": CRITICAL, "clean": OK, "few": WARNING, "agent": OK, "nobody": UNKNOWN}
    assert came["listed"]["plugin_output"].rstrip() == LISTED_TEXT
    assert came["listed"]["long_plugin_output"].startswith(f"critical {LISTED} (www274) listed on")
    assert came["listed"]["performance_data"].startswith("listed=1;0;0;0;2 blind=0 age=")
    assert came["few"]["performance_data"].startswith("listed=1;0;1;0;4 ")
    # A state that grows old, and one that goes away, are told at the next check.
    make_old(state)
    came = wait_for(path, 5, lambda each: "the last pass ended 1d 2h ago" in each["plugin_output"] or
                    "192.0.2.77" in each["plugin_output"])
    assert came["clean"]["current_state"] == UNKNOWN
    state.state.rename(state.dir / "elsewhere")
    came = wait_for(path, 5, lambda each: "repwatch.db" in each["plugin_output"])
    assert {each["current_state"] for each in came.values()} == {UNKNOWN}


class Icinga(beds.Server):
    def __init__(self, conf, targets):
        super().__init__("icinga2")
        shipped = (pathlib.Path(SOURCE) / "etc/icinga2/repwatch.conf").read_text()
        assert shipped.count("5m") == 2
        self.write("repwatch.conf", shipped.replace("5m", "2s"))
        self.write("icinga2.conf", f"""
const PluginDir = "{PLUGINS}"
object Endpoint NodeName {{}}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{}}
object StatusDataWriter "status" {{
  status_path = "{self.dir}/status.dat"
  objects_path = "{self.dir}/objects.cache"
  update_interval = 1s
}}
include "{self.dir}/repwatch.conf"
object CheckCommand "up" {{ command = [ "/bin/true" ] }}
object Host "mx" {{
  check_command = "up"
  vars.repwatch_config = "{conf}"
{targets}}}
""")

    def argv(self, *words):
        folders = {"DataDir": "lib", "LogDir": "logs", "CacheDir": "cache", "SpoolDir": "spool",
                   "InitRunDir": "run", "StatePath": "lib/state", "PidPath": "run/pid",
                   "VarsPath": "cache/vars", "ObjectsPath": "cache/objects",
                   "ModAttrPath": "lib/modattr"}
        for name in set(path.split("/")[0] for path in folders.values()):
            (self.dir / name).mkdir(exist_ok=True)
        set_to = [f"Configuration.{key}={self.dir}/{path}" for key, path in folders.items()]
        set_to += ["Configuration.RunAsUser=root", "Configuration.RunAsGroup=root", "NodeName=mx",
                   "ZoneName=mx"]
        return [beds.need("icinga2"), "daemon", *words, "-c", str(self.dir / "icinga2.conf"),
                *(word for each in set_to for word in ("-D", each))]

    def run(self):
        self.start(self.argv(), (self.dir / "status.dat").exists)
        return self


@needs_root
def test_icinga(state, servers):
    icinga = Icinga(state.conf, f"""
  vars.repwatch["{LISTED}"] = {{}}
  vars.repwatch["shared-b"] = {{ repwatch_mode = "lists" }}
  vars.repwatch["all"] = {{ repwatch_mode = "lists", repwatch_warning = "0", repwatch_critical = "1" }}
""")
    servers.append(icinga)
    done = subprocess.run(icinga.argv("-C"), capture_output=True, check=False)
    assert done.returncode == 0 and b"warning" not in done.stdout, done.stdout.decode()
    path = icinga.run().dir / "status.dat"
    came = wait_for(path, 4)
    assert {name: each["current_state"] for name, each in came.items()} == {
        f"repwatch-{LISTED}": CRITICAL, "repwatch-shared-b": OK, "repwatch-all": WARNING,
        "repwatch-agent": OK}
    listed = came[f"repwatch-{LISTED}"]
    assert listed["plugin_output"].rstrip() == LISTED_TEXT
    assert listed["long_plugin_output"].startswith(f"critical {LISTED} (www274) listed on")
    assert listed["performance_data"].startswith("listed=1;0;0;0;2 blind=0 age=")
    make_old(state)
    came = wait_for(path, 4, lambda each: "the last pass ended 1d 2h ago" in each["plugin_output"])
    assert {each["current_state"] for each in came.values()} == {UNKNOWN}


# --- passive results ---

ADDRESSES = {LISTED: "www274", CLEAN: CLEAN}


class IcingaApi(Icinga):
    """With its API on loopback, for a user who may hand in results, and services that wait."""

    def __init__(self, hosts):
        beds.Server.__init__(self, "icinga2")
        self.port = beds.free_port()
        certs = self.dir / "lib" / "certs"
        certs.mkdir(parents=True)
        peers.make_certificate(certs, "ca", "ca.example", days=5)
        peers.make_certificate(certs, "mx", "127.0.0.1", authority="ca", common="mx")
        (certs / "ca.pem").rename(certs / "ca.crt")
        (certs / "mx.pem").rename(certs / "mx.crt")
        services = "".join(f"""
object Host "{host}" {{ check_command = "dummy" }}
object Service "repwatch {address}" {{
  host_name = "{host}"
  check_command = "dummy"
  enable_active_checks = false
  max_check_attempts = 1
}}
""" for address, host in hosts.items())
        self.write("icinga2.conf", f"""
include <itl>
object Endpoint NodeName {{}}
object Zone ZoneName {{ endpoints = [ NodeName ] }}
object CheckerComponent "checker" {{}}
object ApiListener "api" {{
  bind_host = "127.0.0.1"
  bind_port = {self.port}
}}
object ApiUser "repwatch" {{
  password = "icinga-pa55"
  permissions = [ "actions/process-check-result", "objects/query/Service" ]
}}
{services}
""")

    def run(self):
        self.start(self.argv(), lambda: peers.answers(self.port))
        return self

    def services(self):
        """{service: attributes}"""
        context = ssl.create_default_context(cafile=str(self.dir / "lib" / "certs" / "ca.crt"))
        password = base64.b64encode(b"repwatch:icinga-pa55").decode()
        request = urllib.request.Request(f"https://{self.at}/v1/objects/services",
                                         headers={"Authorization": f"Basic {password}"})
        with urllib.request.urlopen(request, context=context, timeout=20) as answer:
            return {each["attrs"]["name"]: each["attrs"] for each in json.load(answer)["results"]}


def icinga_channel(state, icinga, password="icinga-pa55"):
    """The configuration of a channel, whose password may be wrong."""
    key = state.dir / "icinga.key"
    key.write_text(password + "\n")
    key.chmod(0o600)
    ca = (icinga.dir / "lib" / "certs" / "ca.crt").read_text()
    (state.dir / "ca.pem").write_text(ca)
    text = state.conf.read_text()
    if "alerts" not in text:
        state.conf.write_text(text + f"""
alerts = {{ channels = ( {{ name = "icinga"; type = "icinga"; url = "https://{icinga.at}/";
  user = "repwatch"; password_file = "icinga.key"; ca_file = "ca.pem"; }} ); }};
""")


@needs_root
def test_icinga_takes_results(state, servers):
    icinga = IcingaApi(ADDRESSES)
    servers.append(icinga)
    icinga.run()
    icinga_channel(state, icinga)
    done = state("run", "--json")
    assert done.code == 0, done
    came = icinga.services()
    listed, clean = came[f"repwatch {LISTED}"], came[f"repwatch {CLEAN}"]
    assert (listed["state"], clean["state"]) == (2, 0)
    result = listed["last_check_result"]
    assert result["output"].startswith(f"REPWATCH CRITICAL - {LISTED} is POOR: {ZONE}"), result
    assert result["performance_data"][0].startswith("reasons=1 asked="), result
    assert result["check_source"] == "repwatch" and not result["active"]
    # What an operator is told of a wrong password, and that it is taken again.
    icinga_channel(state, icinga, password="wrong")
    refused = state("run", "--json")
    assert refused.code == 3 and "401" in refused.errors and "icinga" in refused.errors, refused
    assert "wrong" not in refused.errors
    icinga_channel(state, icinga)
    assert state("run", "--json").code == 0


@needs_root
def test_icinga_without_a_service(state, servers):
    icinga = IcingaApi({LISTED: "www274"})
    servers.append(icinga)
    icinga.run()
    icinga_channel(state, icinga)
    done = state("run", "--json")
    assert done.code == 3 and "no such service for 1 of 2 addresses" in done.errors, done
    assert icinga.services()[f"repwatch {LISTED}"]["state"] == 2


@needs_root
def test_icinga_takes_a_thousand_in_one_pass(state, servers, record_property, capfd):
    hosts = {f"10.0.{n // 250}.{n % 250 + 1}": f"h{n}" for n in range(1000)}
    icinga = IcingaApi(hosts)
    servers.append(icinga)
    icinga.run()
    text = state.conf.read_text()
    start = text.index("addresses = ")
    end = text.index(";\n", text.index(")", start)) + 2
    rows = ", ".join(f'{{ address = "{ip}"; name = "{host}"; }}' for ip, host in hosts.items())
    state.conf.write_text(text[:start] + f"addresses = ( {rows} );\n" + text[end:])
    state.run()
    icinga_channel(state, icinga)
    begun = time.monotonic()
    done = state("run", "--only", "alerts", "--json")
    took = time.monotonic() - begun
    assert done.code == 0, done
    assert all(each["last_check_result"] for each in icinga.services().values())
    figures = f"1,000 addresses told to a real Icinga 2 in {took:.1f} s"
    record_property("icinga", figures)
    with capfd.disabled():
        print(f"# icinga: {figures}", flush=True)


@needs_root
def test_nagios_takes_results(state, servers):
    nagios = Nagios(state.conf, {"agent": "check_repwatch_agent"})
    conf = nagios.dir / "nagios.cfg"
    conf.write_text(conf.read_text().replace("check_external_commands=0",
                                             "check_external_commands=1"))
    objects = nagios.dir / "objects.cfg"
    text = objects.read_text()
    for address, host in ADDRESSES.items():
        text += (f"define host {{\n host_name {host}\n check_command up\n contacts root\n"
                 " max_check_attempts 1\n check_period 24x7\n}\n"
                 f"define service {{\n host_name {host}\n service_description repwatch {address}\n"
                 " check_command up\n contacts root\n active_checks_enabled 0\n"
                 " passive_checks_enabled 1\n max_check_attempts 1\n check_interval 5\n"
                 " retry_interval 5\n check_period 24x7\n notification_period 24x7\n}\n")
    objects.write_text(text)
    servers.append(nagios)
    nagios.run()
    command = nagios.dir / "command"
    beds.until(command.exists, "the command file is there")
    state.conf.write_text(state.conf.read_text() + f"""
alerts = {{ channels = ( {{ name = "nagios"; type = "nagios"; command_file = "{command}"; }} ); }};
""")
    assert state("run", "--json").code == 0
    path = nagios.dir / "status.dat"
    names = [f"repwatch {address}" for address in ADDRESSES]
    beds.until(lambda: all(read_status(path).get(name, {}).get("plugin_output") for name in names),
               "Nagios takes the results", limit_s=60)
    came = read_status(path)
    assert [came[name]["current_state"] for name in names] == [CRITICAL, OK]
    assert came[names[0]]["plugin_output"].startswith(f"REPWATCH CRITICAL - {LISTED} is POOR: {ZONE}")
    assert came[names[0]]["performance_data"].startswith("reasons=1 asked=")


# --- NRPE takes commands without arguments ---

def nrpe_commands():
    text = (pathlib.Path(SOURCE) / "etc/nrpe/repwatch.cfg").read_text()
    return dict(re.findall(r"^command\[(\w+)\]=(.*)$", text, re.M))


@pytest.mark.parametrize("name", nrpe_commands())
def test_nrpe_commands(state, name):
    program, *words = nrpe_commands()[name].split()
    assert program == "/usr/lib/nagios/plugins/check_repwatch"
    code, out = check(state, *words)
    assert out.startswith("REPWATCH ") and "usage" not in out, out
    assert code == {"check_repwatch": 2, "check_repwatch_lists": 2, "check_repwatch_auth": 3}.get(name, 0)


class Nrpe(beds.Server):
    """The daemon with the shipped commands, which take no arguments."""

    def __init__(self, conf):
        super().__init__("nrpe")
        self.client = shutil.which("check_nrpe", path="/usr/lib/nagios/plugins") or beds.need("check_nrpe")
        shipped = (pathlib.Path(SOURCE) / "etc/nrpe/repwatch.cfg").read_text()
        assert shipped.count("/usr/lib/nagios/plugins/check_repwatch ") == 8
        shipped = shipped.replace("#command", "command").replace(
            "/usr/lib/nagios/plugins/check_repwatch ", f"{CHECK} --config {conf} ")
        self.commands = re.findall(r"^command\[(\w+)\]=(.*)", shipped, re.M)
        self.port = beds.free_port()
        self.write("repwatch.cfg", shipped)
        self.write("nrpe.cfg", "\n".join([
            f"pid_file={self.dir}/pid", f"server_port={self.port}", "server_address=127.0.0.1",
            "allowed_hosts=127.0.0.1", "dont_blame_nrpe=0", "nrpe_user=nagios", "nrpe_group=nagios",
            "command_timeout=60", f"log_file={self.dir}/nrpe.log", f"include={self.dir}/repwatch.cfg"]) + "\n")
        self.start([beds.need("nrpe"), "-c", str(self.dir / "nrpe.cfg"), "-d", "-f"],
                   lambda: b"NRPE v" in self.ask().stdout)

    def ask(self, *words):
        return subprocess.run([self.client, "-H", "127.0.0.1", "-p", str(self.port), "-t", "60", *words],
                              capture_output=True, check=False)


def without_ages(text):
    return re.sub(r"\b(age|lag)=\d+s", r"\1=", text).strip()


@needs_root
def test_nrpe(state, servers):
    # It refuses to be root, and reads what its group may read.
    for path in [state.dir, *state.dir.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    nrpe = Nrpe(state.conf)
    servers.append(nrpe)
    codes = {}
    for name, command in nrpe.commands:
        done = nrpe.ask("-c", name)
        code, text = check(state, *command.split()[1:], plain=True)
        assert (done.returncode, without_ages(done.stdout.decode())) == (code, without_ages(text)), name
        codes[name] = str(code)
    assert codes["check_repwatch"] == CRITICAL and codes["check_repwatch_agent"] == OK
    # one listing of an address of the pool: more than -w 0, not more than -c 2
    assert codes["check_repwatch_shared_a"] == WARNING
    refused = nrpe.ask("-c", "check_repwatch", "-a", "-H", CLEAN)
    assert refused.returncode == int(UNKNOWN) and b"REPWATCH" not in refused.stdout
    make_old(state)
    done = nrpe.ask("-c", "check_repwatch_agent")
    assert str(done.returncode) == UNKNOWN and b"the last pass ended 1d 2h ago" in done.stdout
