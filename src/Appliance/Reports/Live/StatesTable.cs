using System.Text;
using System.Text.Json;
using Appliance.Management;

namespace Appliance.Reports;

/// <summary>States as a table, printed as they come: a million of them need no memory for a million.</summary>
internal static class StatesTable
{
    private const int RowsOfPage = 1000;

    public static async Task PrintAsync(Stream states, TextWriter output)
    {
        var table = new ColumnTable(
            "<proto", "<dir", "<port", "<source", "<destination", "<gateway", "<state", ">packets", ">bytes", ">age", ">expires", ">vcpu",
            "<rule");
        var text = new StringBuilder();
        await foreach (StateDocument? state in JsonSerializer.DeserializeAsyncEnumerable(states, ManagementJson.Indented.StateDocument))
        {
            if (state is null) continue;
            table.Add(
                state.Protocol, state.Direction, state.Port, state.Source, state.Destination, state.Gateway ?? "", state.State,
                Pair(state.Packets), Pair(state.Bytes), $"{state.AgeSeconds}", $"{state.ExpiresSeconds}", $"{state.Vcpu}",
                state.Rule ?? "");
            if (table.Count < RowsOfPage) continue;
            Print(table, text, output);
        }

        Print(table, text, output);
    }

    private static void Print(ColumnTable table, StringBuilder text, TextWriter output)
    {
        table.AppendTo(text.Clear());
        output.Write(text);
    }

    private static string Pair(long[] counts) => $"{counts[0]}:{counts[1]}";
}
