// Files as people choose or drop them, folders gone through, each with its name from the folder downwards.

export interface Chosen {
  readonly name: string;
  readonly file: File;
}

export function chosenFrom(files: FileList | null): Chosen[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}

export async function droppedFrom(transfer: DataTransfer): Promise<Chosen[]> {
  // The list is emptied when the event is over: entries are taken out of it before the first wait.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosenFrom(transfer.files);
  return (await Promise.all(entries.map(inside))).flat();
}

async function inside(entry: FileSystemEntry): Promise<Chosen[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((settle, reject) => (entry as FileSystemFileEntry).file(settle, reject));
    return [{ name: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: Chosen[] = [];
  for (;;) {
    // A reader gives a hundred entries at a time and an empty list at the end.
    const some = await new Promise<FileSystemEntry[]>((settle, reject) => reader.readEntries(settle, reject));
    if (some.length === 0) return found;
    for (const one of some) found.push(...(await inside(one)));
  }
}
