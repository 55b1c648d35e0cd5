using System.Globalization;

namespace Appliance.Drills;

/// <summary>
/// How far a long row of drills has come, in a file, until it is done: whoever runs the same row again with the same program goes on there.
/// A line that says which row it is of, which seed is next, and which build has passed those before.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="seed">Of the first drill of the row.</param>
/// <param name="seconds">That each lasts.</param>
/// <param name="build"><see cref="DrillBuild.Identity"/> of the program; no blanks.</param>
internal sealed class DrillProgress(string path, ulong seed, int seconds, string build)
{
    private const string Between = ", by build ";

    private string Row => string.Create(CultureInfo.InvariantCulture, $"drills of {seconds} s from seed {seed}: next is ");

    /// <summary>Drills that are behind us; 0 when there is no such file. A file of another row is refused.</summary>
    /// <param name="isOfAnotherBuild">The row is this one, and another program's: none of its drills is behind us.</param>
    public long Read(out bool isOfAnotherBuild)
    {
        isOfAnotherBuild = false;
        if (!File.Exists(path)) return 0;
        string text = File.ReadAllText(path).TrimEnd();
        bool isOurs = text.StartsWith(Row, StringComparison.Ordinal);
        string[] found = isOurs ? text[Row.Length..].Split(Between) : [];
        ulong next = 0;
        bool isRead = found.Length is 1 or 2 && ulong.TryParse(found[0], NumberStyles.None, CultureInfo.InvariantCulture, out next);
        if (!isRead || next < seed)
            throw new RefusedException($"--resume {path}: it is not of this row of drills; expected '{Row}N{Between}ID'");
        isOfAnotherBuild = found.Length == 1 || found[1] != build;
        return isOfAnotherBuild ? 0 : (long)(next - seed);
    }

    /// <summary>Whole or not at all, whenever it is interrupted.</summary>
    public void Write(long done)
    {
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{Row}{seed + (ulong)done}{Between}{build}\n"));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The row is done: the next one begins at its beginning.</summary>
    public void Forget() => File.Delete(path);
}
