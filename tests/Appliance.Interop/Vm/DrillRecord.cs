using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Appliance.Interop.Live;
using Xunit.Sdk;

namespace Appliance.Interop.Vm;

/// <summary>
/// What a drill of two machines leaves in a folder, written as it comes, so that one that is broken off has left all but its end: the
/// verdict, the picture of who was master, what passed each link, and the serial lines. Of one that is good the captures go.
/// </summary>
internal sealed class DrillRecord : IDisposable
{
    /// <summary>The latest of each link, of so many millions of bytes; a frame's first bytes.</summary>
    private const int CaptureFiles = 4, CaptureMegabytes = 60, FrameBytes = 128;

    private static readonly string[] s_questions =
    [
        "journalctl --no-pager -o short-monotonic -n 300", "appliance show carp", "appliance show sync", "appliance show counters",
    ];

    private readonly string _folder;
    private readonly int _sessions;
    private readonly MasterTimeline _masters;
    private readonly IReadOnlyList<int> _senders;
    private readonly List<DrillPhase> _phases = [];
    private readonly List<Background> _captures = [];

    /// <param name="folder">Emptied first.</param>
    /// <param name="network">Whose links are captured.</param>
    /// <param name="masters">Who says that it is master.</param>
    /// <param name="senders">The last bytes of the machines' addresses.</param>
    /// <param name="sessions">That are to live.</param>
    public DrillRecord(string folder, VmNetwork network, MasterTimeline masters, IReadOnlyList<int> senders, int sessions)
    {
        (_folder, _masters, _senders, _sessions) = (folder, masters, senders, sessions);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        foreach (string link in VmNetwork.Links)
        {
            Background capture = network.Switch.Start(
                "tcpdump", "-n", "-i", link, "-s", $"{FrameBytes}", "-U", "-Z", "root", "-w", Path.Combine(folder, $"{link}.pcap"),
                "-C", $"{CaptureMegabytes}", "-W", $"{CaptureFiles}");
            _captures.Add(capture);
            capture.AwaitLine("listening on");
        }

        Write("it goes on");
    }

    public bool IsGood => _phases.TrueForAll(phase => phase.IsGood(_sessions));

    /// <summary>Whether most of it could be judged.</summary>
    public bool IsProven => 2 * _phases.Count(phase => phase.IsJudged) > _phases.Count;

    /// <summary>Answers it as a line.</summary>
    public string Add(DrillPhase phase)
    {
        _phases.Add(phase);
        Write("it goes on");
        return phase.TextFor(_sessions);
    }

    /// <summary>The end: by itself, or because of something.</summary>
    /// <param name="machines">That are there.</param>
    /// <param name="failure">Null: none.</param>
    public void End(IEnumerable<VirtualMachine> machines, Exception? failure)
    {
        bool isGood = failure is null && IsGood;
        Write(failure is not null ? $"broken off: {failure.Message}" : isGood ? $"verdict: good{Unjudged}" : "verdict: NOT GOOD");
        StopCaptures();
        foreach (VirtualMachine machine in machines)
        {
            if (!isGood) Question(machine);
            File.Copy(machine.PathOf("serial.log"), Path.Combine(_folder, $"{machine.Options.Name}-serial.log"), overwrite: true);
        }

        if (!isGood) return;
        foreach (string capture in Directory.GetFiles(_folder, "*.pcap*")) File.Delete(capture);
    }

    public void Dispose() => StopCaptures();

    /// <summary>What a machine with other work to do leaves open.</summary>
    private string Unjudged => _phases.Count(phase => !phase.IsJudged) is > 0 and var count
        ? string.Create(CultureInfo.InvariantCulture, $", {count} of {_phases.Count} gaps not judged: others had the host's processors")
        : "";

    private void Write(string end)
    {
        var verdict = new StringBuilder();
        foreach (DrillPhase phase in _phases) verdict.Append(phase.TextFor(_sessions)).Append('\n');
        File.WriteAllText(Path.Combine(_folder, "verdict.txt"), verdict.Append(end).Append('\n').ToString());
        if (_phases.Count > 0)
            File.WriteAllText(Path.Combine(_folder, "masters.svg"), DrillPicture.Draw(_phases, _masters.Adverts, _senders));
    }

    private void StopCaptures()
    {
        foreach (Background capture in _captures) capture.Dispose();
        _captures.Clear();
    }

    /// <summary>What a machine knows of itself, if it still says anything; it is in the log of its serial line then.</summary>
    private static void Question(VirtualMachine machine)
    {
        try
        {
            if (machine.HasEnded) return;
            machine.Serial.Limit = TimeSpan.FromSeconds(40);
            if (!machine.Serial.HasShell) machine.Serial.OpenShell(VmNetwork.Password);
            foreach (string question in s_questions) machine.Serial.Run($"{question}; true");
        }
        catch (Exception silence) when (silence is XunitException or SocketException)
        {
            // What it has said so far is all there is.
        }
    }
}
