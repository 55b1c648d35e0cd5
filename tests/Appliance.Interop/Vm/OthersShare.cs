using System.Globalization;

namespace Appliance.Interop.Vm;

/// <summary>Which part of a machine's processors programs had that are none of this test's, by the kernel's accounts (proc(5)).</summary>
internal sealed class OthersShare
{
    private long _all, _busy, _own;

    public OthersShare() => (_all, _busy, _own) = Read();

    /// <summary>Percent, since the last time.</summary>
    public int Take()
    {
        (long all, long busy, long own) = Read();
        long others = Math.Max(0, busy - _busy - (own - _own)), time = Math.Max(1, all - _all);
        (_all, _busy, _own) = (all, busy, own);
        return (int)(100 * others / time);
    }

    private static (long All, long Busy, long Own) Read()
    {
        string[] words = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long[] times = [.. words.Skip(1).Take(8).Select(Number)];
        return (times.Sum(), times.Sum() - times[3] - times[4], OwnTicks());
    }

    /// <summary>Of this program and all that it has started; of those that have ended, too.</summary>
    internal static long OwnTicks()
    {
        var parents = new Dictionary<int, int>();
        var ticks = new Dictionary<int, long>();
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int process)) continue;
            if (FieldsOf(folder) is not { } fields) continue;
            parents[process] = (int)Number(fields[1]);
            ticks[process] = fields[11..15].Sum(Number);                // utime, stime, and those of children that have ended
        }

        return ticks.Where(each => IsOwn(each.Key, parents)).Sum(each => each.Value);
    }

    private static bool IsOwn(int process, Dictionary<int, int> parents)
    {
        while (process != Environment.ProcessId)
        {
            if (!parents.TryGetValue(process, out process)) return false;
        }

        return true;
    }

    /// <summary>Behind the name, which may hold anything; null: it has ended.</summary>
    private static string[]? FieldsOf(string folder)
    {
        try
        {
            string text = File.ReadAllText($"{folder}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
