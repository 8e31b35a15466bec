"""One parcel's compliance sheet as a record and as paper · 单宗地块合规审查表的存档与文书."""
