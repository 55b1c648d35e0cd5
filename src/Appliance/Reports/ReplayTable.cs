using System.Globalization;
using Appliance.Engine;
using Appliance.Node;
using Spectre.Console;

namespace Appliance.Reports;

/// <summary>The report of a replay for people: what came in, what went where, what did not and why.</summary>
internal static class ReplayTable
{
    private const int PipeWidth = 110;                                  // columns, where there is no terminal to ask

    public static void Print(ReplayReport report, double elapsed)
    {
        IAnsiConsole console = OpenConsole();
        NodeAccounts accounts = report.Accounts;
        PrintPorts(console, report);
        PrintVcpus(console, accounts);
        PrintDrops(console, accounts);
        console.MarkupLine($"checksums   {Number(accounts.ChecksumsVerified)} verified, {Number(accounts.ChecksumsBad)} bad, " +
            $"{Number(accounts.ChecksumsComputed)} computed");
        long bytes = accounts.Vcpus.Sum(vcpu => vcpu.Bytes);
        console.MarkupLine($"speed       {Rate(accounts.Received, elapsed)} frames/s, {Rate(bytes * 8, elapsed)} bit/s " +
            Text($"({report.CaptureSeconds:F3} s of capture in {elapsed:F3} s)"));
        string sum = $"{Number(accounts.Received)} in + {Number(accounts.Generated)} generated = {Number(accounts.Transmitted)} out + " +
            $"{Number(accounts.Dropped)} dropped + {Number(accounts.Consumed)} consumed";
        console.MarkupLine(accounts.IsBalanced ? $"accounts    {sum}  [green]balanced[/]" : $"accounts    {sum}  [red]NOT BALANCED[/]");
    }

    /// <summary>Colours and the terminal's width on a terminal; plain text of a fixed width in a pipe.</summary>
    internal static IAnsiConsole OpenConsole()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var settings = new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors };
        IAnsiConsole plain = AnsiConsole.Create(settings);
        plain.Profile.Width = PipeWidth;
        return plain;
    }

    private static void PrintPorts(IAnsiConsole console, ReplayReport report)
    {
        Table table = NewTable("port", "frames in", "bytes in", "frames out", "bytes out", "dropped");
        for (int port = 0; port < report.PortNames.Length; port++)
        {
            PortCounters counters = report.Accounts.Ports[port];
            table.AddRow(
                Markup.Escape(report.PortNames[port]), Number(counters.FramesIn), Number(counters.BytesIn),
                Number(counters.FramesOut), Number(counters.BytesOut), Number(counters.FramesDropped));
        }

        console.Write(table);
    }

    private static void PrintVcpus(IAnsiConsole console, NodeAccounts accounts)
    {
        Table table = NewTable("vcpu", "frames", "share", "bytes", "batches");
        foreach (VcpuAccounts vcpu in accounts.Vcpus)
        {
            double share = accounts.Received == 0 ? 0 : 100.0 * vcpu.Frames / accounts.Received;
            table.AddRow(Number(vcpu.Id), Number(vcpu.Frames), Text($"{share:F1} %"), Number(vcpu.Bytes), Number(vcpu.Batches));
        }

        console.Write(table);
    }

    private static void PrintDrops(IAnsiConsole console, NodeAccounts accounts)
    {
        if (accounts.Drops.IsEmpty)
        {
            console.MarkupLine("drops       none");
            return;
        }

        Table table = NewTable("dropped because", "frames");
        foreach ((string reason, long frames) in accounts.Drops.OrderByDescending(drop => drop.Value))
            table.AddRow(reason, Number(frames));
        console.Write(table);
    }

    private static Table NewTable(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (string heading in headings)
        {
            var column = new TableColumn(heading);
            table.AddColumn(table.Columns.Count == 0 ? column : column.RightAligned());
        }

        return table;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Three digits and a decimal prefix: 1.23 M.</summary>
    private static string Rate(double amount, double seconds)
    {
        double rate = amount / Math.Max(seconds, 1e-9);
        foreach (string prefix in (ReadOnlySpan<string>)["", " k", " M", " G"])
        {
            if (rate < 1000) return Text($"{rate:G3}{prefix}");
            rate /= 1000;
        }

        return Text($"{rate:F0} T");
    }
}
