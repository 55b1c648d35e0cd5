using System.Text;

namespace Appliance.Firewall.Language;

/// <summary>A table's definition as pfctl prints it: neighbouring lists are one.</summary>
internal static class TableText
{
    public static string Of(PfTable table)
    {
        var text = new StringBuilder($"table <{table.Name}>");
        if (table.Const) text.Append(" const");
        if (table.Persist) text.Append(" persist");
        if (table.Counters) text.Append(" counters");
        bool isOpen = false;
        foreach (PfTableEntry entry in table.Entries)
        {
            if (isOpen && entry.File is not null) text.Append(" }");
            if (!isOpen && entry.Host is not null) text.Append(" {");
            isOpen = entry.Host is not null;
            if (entry.Host is { } host)
                text.Append(host.Negated ? " !" : " ").Append(HostText.Of(host with { Negated = false }, host.Family));
            else
                text.Append(" file \"").Append(entry.File).Append('"');
        }

        if (isOpen) text.Append(" }");
        if (table.HasContents && table.Entries.IsEmpty) text.Append(" { }");
        return text.ToString();
    }
}
