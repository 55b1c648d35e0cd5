using System.Diagnostics;
using System.Globalization;
using Appliance.Interop.Live;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>A machine that QEMU emulates, without the processor's help: its kernel is none that this host's may start. It is switched off
/// when the test is over.</summary>
internal sealed class VirtualMachine : IDisposable
{
    private const string IpProgram = "/usr/sbin/ip", OvmfFolder = "/usr/share/OVMF";

    private readonly Background _qemu;
    private readonly MonitorSession _monitor;
    private bool _isGone;

    public VirtualMachine(VmOptions options)
    {
        Options = options;
        Directory.CreateDirectory(options.Folder);
        string qemu = Peer.Require("qemu-system-x86_64");
        Age = Stopwatch.StartNew();
        _qemu = options.Namespace is { } place
            ? new Background(IpProgram, ["netns", "exec", place, qemu, .. Arguments(options)])
            : new Background(qemu, Arguments(options));
        Process = _qemu.Id;
        SerialConsole? serial = null;
        try
        {
            serial = new SerialConsole(PathOf("serial.sock"), () => _qemu.HasEnded, () => $"{_qemu}");
            _monitor = new MonitorSession(PathOf("qmp.sock"), () => _qemu.HasEnded);
        }
        catch
        {
            // Nobody else knows yet that it runs.
            serial?.Dispose();
            _qemu.Dispose();
            throw;
        }

        Serial = serial;
    }

    public VmOptions Options { get; }

    /// <summary>Since its power came.</summary>
    public Stopwatch Age { get; }

    public SerialConsole Serial { get; }

    public bool HasEnded => _qemu.HasEnded;

    /// <summary>QEMU's id.</summary>
    public int Process { get; }

    /// <summary>A command of QEMU's monitor protocol.</summary>
    /// <param name="command">Such as <c>system_reset</c>.</param>
    /// <param name="arguments">As JSON.</param>
    public void Tell(string command, string arguments = "{}") => _monitor.Tell(command, arguments);

    public string PathOf(string file) => Path.Combine(Options.Folder, $"{Options.Name}-{file}");

    /// <summary>What the guest has of the host's memory now: its own, QEMU's and QEMU's translations of its code.</summary>
    public long ResidentBytes
    {
        get
        {
            string status = File.ReadAllText($"/proc/{Process}/status");
            string line = status.Split('\n').First(each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
        }
    }

    /// <summary>As often as anyone likes: one that was replaced is its network's, too.</summary>
    public void Dispose()
    {
        if (_isGone) return;
        _isGone = true;
        _monitor.Dispose();
        Serial.Dispose();
        _qemu.Dispose();
    }

    private IEnumerable<string> Arguments(VmOptions options) =>
    [
        "-machine", options.Firmware == Firmware.SecureBoot ? "q35,smm=on" : "q35",
        "-accel", "tcg,thread=multi",
        "-cpu", "max",
        "-smp", $"{options.Processors}",
        "-m", $"{options.MemoryMegabytes}",
        "-nodefaults", "-no-user-config", "-display", "none", "-vga", "std",
        "-device", "virtio-rng-pci",
        "-chardev", $"socket,id=serial,path={PathOf("serial.sock")},server=on,wait=off,logfile={PathOf("serial.log")}",
        "-serial", "chardev:serial",
        "-qmp", $"unix:{PathOf("qmp.sock")},server=on,wait=off",
        .. FirmwareArguments(options.Firmware),
        .. DiskArguments(options),
        .. SeedArguments(options),
        .. options.Ports.SelectMany(port => port.Arguments),
    ];

    private IEnumerable<string> FirmwareArguments(Firmware firmware)
    {
        if (firmware == Firmware.Bios) return [];
        string kind = firmware == Firmware.SecureBoot ? "secboot" : "";
        string code = Path.Combine(OvmfFolder, kind.Length == 0 ? "OVMF_CODE_4M.fd" : "OVMF_CODE_4M.secboot.fd");
        string variables = Path.Combine(OvmfFolder, kind.Length == 0 ? "OVMF_VARS_4M.fd" : "OVMF_VARS_4M.ms.fd");
        Assert.SkipUnless(File.Exists(code) && File.Exists(variables), $"{code} is not installed (ovmf)");
        File.Copy(variables, PathOf("vars.fd"), overwrite: true);
        string[] secure = kind.Length == 0
            ? []
            : ["-global", "driver=cfi.pflash01,property=secure,value=on", "-global", "ICH9-LPC.disable_s3=1"];
        return
        [
            .. secure,
            "-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={code}",
            "-drive", $"if=pflash,format=raw,unit=1,file={PathOf("vars.fd")}",
        ];
    }

    private static IEnumerable<string> DiskArguments(VmOptions options)
    {
        string file = VmImage.Require(options.Format), format = VmImage.Formats[options.Format];
        string[] controller = options.Disk switch
        {
            "scsi-hd" => ["-device", "pvscsi"],                         // VMware's
            _ => [],
        };
        string nvme = options.Disk == "nvme" ? ",serial=1" : "";
        return
        [
            "-drive", $"if=none,id=disk,format={format},file={file},snapshot=on", .. controller,
            "-device", $"{options.Disk},drive=disk,bootindex=0{nvme}",
        ];
    }

    private IEnumerable<string> SeedArguments(VmOptions options)
    {
        if (options.Seed is not { } folder) return [];
        if (!options.HasSeedOnCd)
        {
            return
            [
                "-drive", $"if=none,id=seed,format=raw,read-only=on,file.driver=vvfat,file.dir={folder},file.label=CIDATA",
                "-device", "virtio-blk-pci,drive=seed",
            ];
        }

        string cd = PathOf("seed.iso");
        ProcessRun made = ProcessRunner.Run(Peer.Require("genisoimage"), ["-quiet", "-J", "-r", "-V", "cidata", "-o", cd, folder]);
        Assert.True(made.ExitCode == 0, made.ToString());
        return ["-drive", $"if=none,id=seed,format=raw,media=cdrom,read-only=on,file={cd}", "-device", "ide-cd,drive=seed"];
    }
}
