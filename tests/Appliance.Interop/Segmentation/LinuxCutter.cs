using System.Text.Json;
using System.Text.Json.Nodes;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Segmentation;

/// <summary>The Linux kernel's segmentation in software, by tests/interop-tools/linux_gso.py. Needs root.</summary>
internal static class LinuxCutter
{
    private const int Forbidden = 77;                                   // the script's exit code for a place where it may not
    private const int Tcp4 = 1, Tcp6 = 4, Udp = 5, Ecn = 0x80;           // gso_type of a virtio header (OASIS virtio 1.2, 5.1.6)

    /// <summary>What Linux makes of each frame, its checksum made partial before; or the test is skipped with the reason.</summary>
    public static IReadOnlyList<IReadOnlyList<byte[]>> Cut(IReadOnlyList<(byte[] Frame, int Size)> frames)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, for network namespaces and packet sockets");
        foreach (string program in (string[])["ip", "ethtool", "sysctl"]) Peer.Require(program);
        string python = Peer.Require("python3");
        using var folder = new TemporaryFolder();
        string cases = folder.Write("cases.json", JsonSerializer.Serialize(frames.Select(frame => Describe(frame.Frame, frame.Size))));
        string script = RepositoryFiles.PathTo("tests", "interop-tools", "linux_gso.py");
        ProcessRun run = ProcessRunner.Run(python, [script, cases, folder["results.json"]]);
        Assert.SkipWhen(run.ExitCode == Forbidden, "may not make network namespaces here");
        Assert.True(run.ExitCode == 0, run.ToString());
        JsonArray results = JsonNode.Parse(File.ReadAllText(folder["results.json"]))!.AsArray();
        return [.. results.Select(segments => BytesOf(segments!.AsArray()))];
    }

    private static IReadOnlyList<byte[]> BytesOf(JsonArray segments) => [.. segments.Select(hex => Convert.FromHexString((string)hex!))];

    private static JsonObject Describe(byte[] frame, int size)
    {
        PlainHeaders headers = PlainHeaders.Of(frame);
        bool isReduced = headers.IsTcp && (frame[headers.Transport + 13] & 0x80) != 0;
        int type = headers.IsTcp ? (headers.IsIpv6 ? Tcp6 : Tcp4) | (isReduced ? Ecn : 0) : Udp;
        return new JsonObject
        {
            ["frame"] = Convert.ToHexStringLower(PlainHeaders.MadePartial(frame)),
            ["size"] = size,
            ["gso"] = type,
            ["start"] = headers.Transport,
            ["offset"] = headers.ChecksumAt - headers.Transport,
        };
    }
}
