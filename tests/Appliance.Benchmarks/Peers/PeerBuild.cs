using System.Diagnostics;

namespace Appliance.Benchmarks.Peers;

/// <summary>Compiles <c>peer.c</c> for this machine with gcc and pkg-config. Nothing of it is shipped.</summary>
internal static class PeerBuild
{
    private const int TimeoutMilliseconds = 120_000;

    /// <summary>Builds the library next to its source. False, with the reason, when DPDK or the compiler is not installed.</summary>
    public static bool TryBuild(out string library, out string reason)
    {
        string directory = Path.Combine(AppContext.BaseDirectory, "Peers");
        string source = Path.Combine(directory, "peer.c");
        library = Path.Combine(directory, "libpeer.so");
        if (!TryRun("pkg-config", ["--cflags", "libdpdk"], out string flags))
        {
            reason = $"libdpdk is not installed (Debian: dpdk-dev, libdpdk-dev, pkg-config): {flags}";
            return false;
        }

        TryRun("pkg-config", ["--libs", "libdpdk"], out string libraries);
        // -march=native stands after pkg-config's own -march, so that the peer's inline functions get all that this processor has.
        string[] arguments =
        [
            "-O3", "-shared", "-fPIC", "-o", library, source,
            .. Words(flags), "-march=native", "-Wno-deprecated-declarations", .. Words(libraries),
        ];
        bool built = TryRun("gcc", arguments, out string messages);
        reason = built ? "" : $"gcc could not build the peer: {messages}";
        return built;
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a program to its end and gives what it wrote: its output, or its errors when it failed or is not installed.</summary>
    private static bool TryRun(string program, string[] arguments, out string text)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            text = process.StandardOutput.ReadToEnd();
            bool ended = process.WaitForExit(TimeoutMilliseconds);
            if (ended && process.ExitCode == 0) return true;
            text = errors.Result.Trim();
            return false;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            text = $"{program}: {exception.Message}";
            return false;
        }
    }
}
