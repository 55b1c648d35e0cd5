using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Appliance.Tests;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A capture that a signal ends, of an appliance that the test plays.</summary>
public sealed class CaptureSignalTests : IDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Type: application/x-pcapng\r\n\r\n";
    private const int Frames = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public CaptureSignalTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(_folder["a.sock"]));
        _listener.Listen();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Written => _folder["lan.pcapng"];

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task What_has_come_is_in_the_file_and_the_capture_ends_in_order(string signal)
    {
        using Process capture = Start();
        using Socket asked = await AcceptAsync();
        byte[] pcapng = Pcapng();
        await asked.SendAsync(Encoding.ASCII.GetBytes(Answer), Cancellation);
        await asked.SendAsync(pcapng, Cancellation);
        bool isThere = SpinWait.SpinUntil(
            () => File.Exists(Written) && new FileInfo(Written).Length == pcapng.Length, TimeSpan.FromSeconds(30));
        Assert.True(isThere, $"{(File.Exists(Written) ? new FileInfo(Written).Length : 0)} bytes of {pcapng.Length} are in the file");
        ProcessRun run = await EndAsync(capture, signal);
        Assert.Equal((0, $"{Written}: {Frames} frames"), (run.ExitCode, Assert.Single(run.ErrorLines)));
        Assert.Equal(Frames, Captures.Frames(Written).Length);
    }

    [Theory]
    [InlineData("INT", "")]
    [InlineData("TERM", "")]
    [InlineData("TERM", Answer)]
    public async Task Ended_before_anything_has_come_it_says_so_and_leaves_no_file(string signal, string answer)
    {
        using Process capture = Start();
        using Socket asked = await AcceptAsync();
        await asked.SendAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
        ProcessRun run = await EndAsync(capture, signal);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal($"--write {Written}: nothing is written: ended before the appliance sent anything", Assert.Single(run.ErrorLines));
        Assert.False(File.Exists(Written));
    }

    private static byte[] Pcapng()
    {
        using var bytes = new MemoryStream();
        using (var writer = new PcapngWriter(bytes, leaveOpen: true))
        {
            int wire = writer.AddInterface("lan");
            for (int i = 0; i < Frames; i++) writer.Write(wire, new byte[60 + i], i, CaptureDirection.Unknown, "");
        }

        return bytes.ToArray();
    }

    private Process Start()
    {
        string[] arguments = ["capture", "--port", "lan", "--write", Written, "--socket", _folder["a.sock"]];
        return Process.Start(new ProcessStartInfo(ApplianceProgram.File, arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
    }

    /// <summary>When it has asked, it is ready to be interrupted.</summary>
    private async Task<Socket> AcceptAsync()
    {
        Socket asked = await _listener.AcceptAsync(Cancellation);
        Assert.NotEqual(0, await asked.ReceiveAsync(new byte[4096], Cancellation));
        return asked;
    }

    private static async Task<ProcessRun> EndAsync(Process capture, string signal)
    {
        ProcessRunner.Run("kill", ["-s", signal, capture.Id.ToString(CultureInfo.InvariantCulture)]);
        string errors = await capture.StandardError.ReadToEndAsync(Cancellation);
        string output = await capture.StandardOutput.ReadToEndAsync(Cancellation);
        await capture.WaitForExitAsync(Cancellation);
        return new ProcessRun("capture", capture.ExitCode, output, errors);
    }
}
