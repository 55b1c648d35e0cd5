using System.Globalization;

namespace Appliance.Drills;

/// <summary>
/// How far a long row of drills has come, in a file: whoever runs the same row again goes on there. A line that says which row it is of
/// and which seed is next.
/// </summary>
internal sealed class DrillProgress(string path, ulong seed, int seconds)
{
    private string Row => string.Create(CultureInfo.InvariantCulture, $"drills of {seconds} s from seed {seed}: next is ");

    /// <summary>Drills that are behind us; 0 when there is no such file. A file of another row is refused.</summary>
    public long Read()
    {
        if (!File.Exists(path)) return 0;
        string text = File.ReadAllText(path).TrimEnd();
        bool isOurs = text.StartsWith(Row, StringComparison.Ordinal);
        ulong next = 0;
        bool isRead = isOurs && ulong.TryParse(text.AsSpan(Row.Length), NumberStyles.None, CultureInfo.InvariantCulture, out next);
        if (!isRead || next < seed)
            throw new RefusedException($"--resume {path}: it is not of this row of drills; expected '{Row}N'");
        return (long)(next - seed);
    }

    /// <summary>Whole or not at all, whenever it is interrupted.</summary>
    public void Write(long done)
    {
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Row}{seed + (ulong)done}\n"));
        File.Move(path + ".new", path, overwrite: true);
    }
}
