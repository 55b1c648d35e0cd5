namespace Appliance.Wire.Sync;

/// <summary>Walks the fields of a record in place.</summary>
public ref struct RecordReader
{
    /// <summary>Another one is another record; what is added to this one is a field.</summary>
    public const byte Version = 1;

    public const int HeaderLength = 2;                                  // of a field

    private ReadOnlySpan<byte> _rest;

    /// <param name="record">From its version on; not empty.</param>
    public RecordReader(ReadOnlySpan<byte> record) => _rest = record[1..];

    public RecordField Field { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Whether the record ends in the midst of a field.</summary>
    public bool IsCut { get; private set; }

    public bool MoveNext()
    {
        if (_rest.IsEmpty) return false;
        if (_rest.Length < HeaderLength || _rest.Length < HeaderLength + _rest[1])
        {
            IsCut = true;
            return false;
        }

        Field = (RecordField)_rest[0];
        Value = _rest.Slice(HeaderLength, _rest[1]);
        _rest = _rest[(HeaderLength + Value.Length)..];
        return true;
    }
}
