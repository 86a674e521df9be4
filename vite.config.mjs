// Builds src/kaval/station/field/ into src/kaval/station/static/bundle/, which git ignores.
// Names carry no hash: the templates name the files, and WhiteNoise says how long they may be kept.
// The output asks nothing of any other host: a command post may have no internet.
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
const field = join(root, "src/kaval/station/field");
const bundle = join(root, "src/kaval/station/static/bundle");

// Typst reads these for documents, the console for its pages. SIL Open Font License, text beside them.
const fonts = [
  ["noto-sans", "400Regular/NotoSans_400Regular.ttf", "NotoSans_400Regular.ttf"],
  ["noto-sans", "700Bold/NotoSans_700Bold.ttf", "NotoSans_700Bold.ttf"],
  ["noto-sans", "LICENSE_FONT", "NotoSans-OFL.txt"],
  ["noto-sans-malayalam", "400Regular/NotoSansMalayalam_400Regular.ttf", "NotoSansMalayalam_400Regular.ttf"],
  ["noto-sans-malayalam", "700Bold/NotoSansMalayalam_700Bold.ttf", "NotoSansMalayalam_700Bold.ttf"],
  ["noto-sans-malayalam", "LICENSE_FONT", "NotoSansMalayalam-OFL.txt"],
];

function copyFonts() {
  return {
    name: "kaval-fonts",
    closeBundle() {
      mkdirSync(join(bundle, "fonts"), { recursive: true });
      for (const [family, from, to] of fonts) {
        copyFileSync(join(root, "node_modules/@expo-google-fonts", family, from), join(bundle, "fonts", to));
      }
    },
  };
}

// worker.ts, when there is one, becomes worker.js: a service worker must be a file of its own.
const entries = { kaval: join(field, "main.ts") };
if (existsSync(join(field, "worker.ts"))) entries.worker = join(field, "worker.ts");
// A sealed packet carries its opener inside: packet.js shares no chunk with anything.
if (existsSync(join(field, "packet.ts"))) entries.packet = join(field, "packet.ts");

export default defineConfig({
  root: field,
  base: "./",
  publicDir: false,
  logLevel: "warn",
  plugins: [copyFonts()],
  build: {
    outDir: bundle,
    // False, so that a page or a document made during a build never finds its font gone.
    emptyOutDir: false,
    target: "es2022",
    cssCodeSplit: false,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: entries,
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunk-[name].js",
        assetFileNames: (asset) => (asset.names?.some((n) => n.endsWith(".css")) ? "kaval.css" : "[name][extname]"),
      },
    },
  },
});
