using System.Globalization;

namespace Appliance.Consoles;

/// <summary>The machine's memory, as its kernel counts it (proc_meminfo(5)).</summary>
/// <param name="Used">Bytes that could not be had now.</param>
/// <param name="Total">Bytes there are.</param>
internal readonly record struct MachineMemory(long Used, long Total)
{
    /// <summary>Null: the kernel does not say.</summary>
    public static MachineMemory? Read()
    {
        try
        {
            return Parse(File.ReadLines("/proc/meminfo"));
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            return null;
        }
    }

    /// <summary>Of lines as <c>MemTotal:  466392 kB</c>; null: the two that count are not among them.</summary>
    public static MachineMemory? Parse(IEnumerable<string> lines)
    {
        long? total = null, available = null;
        foreach (string[] words in lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words is not [var name, var number, "kB"]) continue;
            if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes)) continue;
            if (name == "MemTotal:") total = kibibytes << 10;
            else if (name == "MemAvailable:") available = kibibytes << 10;
        }

        return total is { } all && available is { } rest && rest <= all ? new MachineMemory(all - rest, all) : null;
    }
}
