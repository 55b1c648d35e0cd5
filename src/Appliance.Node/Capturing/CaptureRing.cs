using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// What one worker captured, in order, until it is read: bounded in frames and in bytes, and what finds no room is lost and counted. The
/// worker writes, one other thread reads; whoever has a frame whose note is still open completes it.
/// </summary>
internal sealed class CaptureRing(int frames, int bytes)
{
    private const int PhaseBits = 2;

    private readonly CaptureNote[] _notes = new CaptureNote[frames];
    private readonly byte[] _bytes = new byte[bytes];
    private long _written;                  // notes; by the worker
    private long _end;                      // bytes; by the worker
    private long _read;                     // notes; by the reader
    private long _freed;                    // bytes; by the reader
    private long _lost;

    /// <summary>Frames that found no room.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Copies a frame behind the others; false: there was no room. By the worker.</summary>
    /// <param name="frame">Its bytes.</param>
    /// <param name="snapLength">Bytes to keep.</param>
    /// <param name="note">All but phase and place.</param>
    /// <param name="phase">Open, or ended.</param>
    /// <param name="number">By which it is found.</param>
    public bool TryWrite(ReadOnlySpan<byte> frame, int snapLength, in CaptureNote note, CapturePhase phase, out long number)
    {
        int captured = Math.Min(frame.Length, snapLength);
        number = _written;
        long start = _end;
        int at = (int)(start % _bytes.Length);
        if (at + captured > _bytes.Length) start += _bytes.Length - at;         // not around the end
        bool fits = captured <= _bytes.Length
            && start + captured - Volatile.Read(ref _freed) <= _bytes.Length
            && number - Volatile.Read(ref _read) < _notes.Length;
        if (!fits)
        {
            Volatile.Write(ref _lost, _lost + 1);
            return false;
        }

        frame[..captured].CopyTo(_bytes.AsSpan((int)(start % _bytes.Length)));
        ref CaptureNote place = ref NoteAt(number);
        long before = place.Phase;
        place = note;
        place.Phase = before;
        (place.Start, place.Captured, place.Length) = (start, captured, frame.Length);
        _end = start + captured;
        Volatile.Write(ref place.Phase, PhaseOf(number, phase));
        Volatile.Write(ref _written, number + 1);
        return true;
    }

    /// <summary>Whether the note is this frame's and open.</summary>
    public bool IsOpen(long number, nint slotId)
    {
        ref CaptureNote note = ref NoteAt(number);
        return Volatile.Read(ref note.Phase) == PhaseOf(number, CapturePhase.Open) && note.SlotId == slotId;
    }

    /// <summary>Takes an open note for its frame's holder, who gives it back by <see cref="Release"/>.</summary>
    public bool TryClaim(long number, nint slotId)
    {
        ref CaptureNote note = ref NoteAt(number);
        long open = PhaseOf(number, CapturePhase.Open);
        if (Volatile.Read(ref note.Phase) != open || note.SlotId != slotId) return false;
        return Interlocked.CompareExchange(ref note.Phase, PhaseOf(number, CapturePhase.Claimed), open) == open;
    }

    /// <summary>The note of a number; what is in it is the claimer's.</summary>
    public ref CaptureNote NoteAt(long number) => ref _notes[(int)(number & (_notes.Length - 1))];

    public void Release(long number, CapturePhase phase) => Volatile.Write(ref NoteAt(number).Phase, PhaseOf(number, phase));

    /// <summary>
    /// The next frame, if its verdict is known or is not waited for any longer; false: there is none. By the reader, who gives its place
    /// back by <see cref="RemoveFirst"/>.
    /// </summary>
    /// <param name="patience">Frames older than this are taken without verdict.</param>
    public bool TryPeek(MonotonicTime patience, out CaptureNote note, out ReadOnlySpan<byte> frame)
    {
        note = default;
        frame = default;
        if (_read == Volatile.Read(ref _written)) return false;
        ref CaptureNote place = ref NoteAt(_read);
        long open = PhaseOf(_read, CapturePhase.Open), ended = PhaseOf(_read, CapturePhase.Ended);
        long phase = Volatile.Read(ref place.Phase);
        if (phase != ended && place.Time > patience.Nanoseconds) return false;
        if (phase != ended && Interlocked.CompareExchange(ref place.Phase, ended, open) != open) return false;
        note = place;
        frame = _bytes.AsSpan((int)(place.Start % _bytes.Length), place.Captured);
        return true;
    }

    public void RemoveFirst()
    {
        ref CaptureNote place = ref NoteAt(_read);
        Volatile.Write(ref _freed, place.Start + place.Captured);
        Volatile.Write(ref _read, _read + 1);
    }

    private static long PhaseOf(long number, CapturePhase phase) => (number << PhaseBits) | (long)phase;
}
