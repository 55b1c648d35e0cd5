using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Appliance.FirstBoot;
using Appliance.Management;
using Appliance.Ports.Linux;
using Appliance.Reports;

namespace Appliance.Consoles;

/// <summary>
/// What the console's menu has: mostly the program's verbs, which anyone may also type in the shell. The shell and the token have a
/// password. The rest has none: whoever sits here may look into frames, roll the configuration back, hand over and turn the machine off.
/// </summary>
/// <param name="terminal">The console.</param>
/// <param name="configuration">Of the appliance that runs here.</param>
/// <param name="socket">By which it answers.</param>
/// <param name="run">Runs a verb of the program, its output on the console.</param>
internal sealed class ApplianceConsole(ITerminal terminal, string configuration, string socket, Func<ImmutableArray<string>, int> run)
{
    private const int MostFrames = 1000;

    private readonly ConsolePassword _password = FirstConfiguration.PasswordFor(configuration);

    /// <summary>Until the input ends.</summary>
    public void Run() => new ConsoleMenu(terminal, ShowHead,
    [
        new("Status", ShowStatus),
        new("Failover (CARP)", OperateFailover),
        new("Ports and devices", ShowPorts),
        new("Log", ShowLog),
        new("Configuration: history, rollback", RollBack),
        new("Capture", Capture),
        new("Password of the shell", () => SetPassword()),
        new("Shell", OpenShell),
        new("Restart the machine", () => Power("reboot", "Restart the machine")),
        new("Turn the machine off", () => Power("poweroff", "Turn the machine off")),
        new("Token of https", ShowToken),
    ]).Run();

    private void ShowHead()
    {
        terminal.Line($"Appliance {ProgramVersion.Text}");
        PortDocument[]? ports = TryRead("show/ports", ManagementJson.Indented.PortDocumentArray);
        if (ports is null) terminal.Line("It does not run: the log of the machine says why (Shell: journalctl -u appliance).");
        foreach (PortDocument port in ports ?? [])
        {
            string addresses = port.Addresses.Length == 0 ? "no address yet" : string.Join(' ', port.Addresses);
            terminal.Line($"  {port.Name,-12} {port.Link,-5} {port.Device ?? "",-8} {addresses}");
        }

        CarpDocument[] groups = TryRead("show/carp", ManagementJson.Indented.CarpDocumentArray) ?? [];
        if (groups.Length > 0)
            terminal.Line($"  CARP: {string.Join(", ", groups.Select(group => $"{group.Vhid}@{group.Port} {group.State}"))}");
        if (IsUnconfigured) SayWhatToDo(ports);
    }

    private bool IsUnconfigured =>
        File.Exists(configuration) && File.ReadLines(configuration).FirstOrDefault() == FirstConfiguration.Mark;

    private void SayWhatToDo(PortDocument[]? ports)
    {
        string address = ports?.SelectMany(port => port.Addresses).FirstOrDefault()?.Split('/')[0] ?? "ADDRESS";
        terminal.Line("");
        terminal.Line("It has no configuration, and forwards nothing. Any of these gives it one:");
        terminal.Line("  - a NoCloud or ConfigDrive seed whose user-data is the configuration, and a restart;");
        terminal.Line($"  - the shell: write {configuration}, then: appliance check {configuration} && systemctl restart appliance");
        terminal.Line($"  - https://{address}:8443/v1/ with the token that this menu tells.");
    }

    private void ShowStatus()
    {
        Verb("show", "vcpus");
        Verb("show", "ports");
        if (TryRead("show/carp", ManagementJson.Indented.CarpDocumentArray) is { Length: > 0 }) Verb("carp", "status");
        if (MachineMemory.Read() is { } memory) terminal.Line($"memory {memory.Used >> 20} of {memory.Total >> 20} MiB");
    }

    private void OperateFailover()
    {
        if (!Verb("carp", "status")) return;
        switch (terminal.Ask("m: out of service for maintenance, s: back in service, f: hand over once, Enter: nothing. ")?.Trim())
        {
            case "m": Verb("carp", "maintenance", "on"); break;
            case "s": Verb("carp", "maintenance", "off"); break;
            case "f": Verb("carp", "failover"); break;
        }
    }

    private void ShowPorts()
    {
        Verb("show", "ports");
        using var catalog = new DeviceCatalog();
        var table = new ColumnTable("<device", "<mac", "<link", ">mtu", "<kind");
        foreach (HostDevice device in catalog.Devices().Where(device => device.Mac.Value != 0))
        {
            string link = !device.IsUp ? "off" : device.HasCarrier ? "up" : "down";
            table.Add(device.Name, device.Mac.ToString(), link, $"{device.MtuBytes}", device.Kind.Length == 0 ? "hardware" : device.Kind);
        }

        var text = new StringBuilder();
        table.AppendTo(text);
        terminal.Line(text.ToString());
    }

    /// <summary>What the appliance has said lately, and below it what its rules had logged.</summary>
    private void ShowLog()
    {
        Start("/bin/journalctl", "--no-pager", "--quiet", "--output=short", "--lines=20", "--unit=appliance");
        Verb("show", "log");
    }

    private void RollBack()
    {
        if (!Verb("config", "history")) return;
        string answer = terminal.Ask("Number of the rollback (the first column), c: confirm what waits, Enter: nothing. ")?.Trim() ?? "";
        if (answer == "c") Verb("config", "confirm");
        else if (answer.Length > 0) Verb("config", "rollback", answer);
    }

    private void Capture()
    {
        string port = terminal.Ask("Port: ")?.Trim() ?? "";
        if (port.Length == 0) return;
        string filter = terminal.Ask("Filter, as tcpdump's; Enter: all. ")?.Trim() ?? "";
        string count = terminal.Ask($"Frames, at most {MostFrames}; Enter: 20. ")?.Trim() ?? "";
        if (count.Length == 0) count = "20";
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int frames) || frames is < 1 or > MostFrames)
        {
            terminal.Line($"Expected a number from 1 to {MostFrames}.");
            return;
        }

        terminal.Line("Ctrl-C ends it.");
        string path = $"capture?port={Uri.EscapeDataString(port)}&count={frames}";
        if (filter.Length > 0) path += $"&filter={Uri.EscapeDataString(filter)}";
        Try(async client => await LiveCapture.ShowAsync(client, path, terminal));
    }

    private bool SetPassword()
    {
        if (IsLocked()) return false;
        if (_password.IsSet && !_password.Fits(terminal.AskHidden("Password now: ") ?? ""))
        {
            terminal.Line("That is not it.");
            return false;
        }

        string first = terminal.AskHidden("New password: ") ?? "";
        if (first.Length == 0 || first != terminal.AskHidden("Once more: "))
        {
            terminal.Line("Two different ones, or none: nothing is changed.");
            return false;
        }

        _password.Set(first);
        terminal.Line("It is set.");
        return true;
    }

    private void OpenShell()
    {
        if (IsAdmitted()) Start("/bin/sh", "-l");
    }

    /// <summary>Not above the menu, which is drawn again and again, and of which a hypervisor may keep what the serial line says.</summary>
    private void ShowToken()
    {
        string token = FirstConfiguration.TokenFor(configuration);
        if (!IsUnconfigured || !File.Exists(token)) terminal.Line("It is in the file that the configuration names as token-file.");
        else if (IsAdmitted()) terminal.Line(File.ReadAllText(token).Trim());
    }

    private bool IsLocked()
    {
        if (!_password.IsLocked) return false;
        terminal.Line("It is locked: no password opens it.");
        return true;
    }

    /// <summary>Whoever sits here knows the password, or has set the first one.</summary>
    private bool IsAdmitted()
    {
        if (IsLocked()) return false;
        if (!_password.IsSet)
        {
            terminal.Line("The shell has no password yet; whoever sits here sets it.");
            return SetPassword();
        }

        if (_password.Fits(terminal.AskHidden("Password: ") ?? "")) return true;
        terminal.Line("That is not it.");
        return false;
    }

    private void Power(string command, string question)
    {
        if (terminal.Ask($"{question}? Type yes: ")?.Trim() == "yes") Start("/bin/systemctl", command);
    }

    /// <summary>A program of the system with the console as its own, until it ends.</summary>
    private void Start(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            terminal.Line($"{program}: {failure.Message}");
        }
    }

    private bool Verb(params ImmutableArray<string> words) => run([.. words, "--socket", socket]) == ExitCode.Done;

    /// <summary>Null: nobody answers.</summary>
    private T? TryRead<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        T? document = null;
        Try(async client => document = await client.GetAsync(path, type), isQuiet: true);
        return document;
    }

    private void Try(Func<ControlClient, Task> act, bool isQuiet = false)
    {
        using var client = new ControlClient(socket);
        try
        {
            act(client).GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is NoApplianceException or ControlRefusedException or IOException or HttpRequestException
                                            or OperationCanceledException)
        {
            if (!isQuiet) terminal.Line(failure.Message);
        }
    }
}
